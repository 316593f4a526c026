import type { ZodType } from "zod";
import type { JsonObject } from "../wire/json";
import type { Control } from "./control";

export interface ControlRoute {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Below `/_emulator`. */
  path: string;
  summary: string;
  /** Query parameters and what each is for. */
  query: Readonly<Record<string, string>>;
  body: ZodType | null;
  answer: ZodType;
  run: (control: Control, body: JsonObject, query: URLSearchParams) => Promise<JsonObject>;
}
