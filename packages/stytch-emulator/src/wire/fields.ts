import { type ZodType, z } from "zod";
import { StytchApiError } from "./errors";
import type { JsonObject } from "./json";

export const text = z.string();
export const texts = z.array(z.string());
export const flag = z.boolean();
export const metadata = z.record(z.string(), z.unknown());

/** The fields a schema names; 400 `bad_request` names the first bad one. U8: `null` counts as left out. */
export function parseFields<T>(schema: ZodType<T>, body: JsonObject): T {
  const given = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new StytchApiError("bad_request", `${issue?.path.join(".") ?? "body"}: ${issue?.message ?? "invalid"}`);
}
