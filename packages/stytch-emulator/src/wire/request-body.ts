import type { IncomingMessage } from "node:http";
import { StytchApiError } from "./errors";
import { isObject, type JsonObject } from "./json";

const MAX_BYTES = 1_048_576;

/** The whole body as text. What exceeds the limit is read and dropped, so that the client still gets an answer. */
export function readBody(incoming: IncomingMessage, maxBytes = MAX_BYTES): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    incoming.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxBytes) chunks.push(chunk);
    });
    incoming.once("end", () => {
      if (size > maxBytes) reject(new StytchApiError("bad_request", "The request body is too large."));
      else resolve(Buffer.concat(chunks).toString("utf8"));
    });
    incoming.once("error", reject);
  });
}

/** JSON unless it says that it is a form; nothing reads as `{}`. Returns the error that a bad body deserves. */
export function parseBody(text: string, contentType = ""): JsonObject | StytchApiError {
  if (text === "") return {};
  if (contentType.startsWith("application/x-www-form-urlencoded")) return Object.fromEntries(new URLSearchParams(text));
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : new StytchApiError("bad_request", "The request body must be a JSON object.");
  } catch {
    return new StytchApiError("bad_request", "The request body is not valid JSON.");
  }
}
