import type { IncomingHttpHeaders } from "node:http";
import type { Session } from "../state/records";
import type { State } from "../state/state";
import type { JsonObject } from "./json";

export interface OperationRequest<Param extends string = string> {
  /** From the route's pattern, percent-decoded. */
  params: Record<Param, string>;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  /** The JSON object or the form's fields (of a repeated field, the last); `{}` when there was no body. */
  body: JsonObject;
  /** The body as it came, for forms whose fields may repeat. */
  rawBody: string;
  /** The Member whose session header came along. `null` without one, and on routes that take none. */
  caller: Session | null;
}

/** A step over state: what it writes, the next read shows. A plain object becomes a 200 with the API's envelope. */
export type Operation<Param extends string = never> = (
  state: State,
  request: OperationRequest<Param>,
) => JsonObject | Reply | Promise<JsonObject | Reply>;

/** An answer that is not a plain 200 with JSON. */
export class Reply {
  constructor(
    readonly status: number,
    readonly headers: Record<string, string | string[]>,
    readonly body: string | JsonObject,
  ) {}
}

/** JSON in the API's envelope, with another status or more headers. */
export const json = (status: number, body: JsonObject, headers: Record<string, string | string[]> = {}): Reply =>
  new Reply(status, headers, body);

export const html = (status: number, markup: string, headers: Record<string, string | string[]> = {}): Reply =>
  new Reply(status, { "content-type": "text/html; charset=utf-8", "cache-control": "no-store", ...headers }, markup);

/** 303: the browser follows with GET, so that a form is never posted on. */
export const redirect = (location: string, headers: Record<string, string | string[]> = {}): Reply =>
  new Reply(303, { location, "cache-control": "no-store", ...headers }, "");
