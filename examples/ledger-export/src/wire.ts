import type { IncomingMessage, ServerResponse } from "node:http";

export interface Reply {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** 303: the browser follows with GET, so that a form is never posted on. */
export const redirect = (location: string): Reply => ({
  status: 303,
  headers: { location, "cache-control": "no-store" },
  body: "",
});

export function send(response: ServerResponse, { status, headers, body }: Reply): void {
  response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
  response.end(body);
}

/** The form's fields. Ours are short: beyond this the connection is cut. */
const MAX_FORM_BYTES = 10_000;

export async function formOf(incoming: IncomingMessage): Promise<URLSearchParams> {
  let text = "";
  for await (const chunk of incoming.setEncoding("utf8")) {
    text += chunk;
    if (text.length > MAX_FORM_BYTES) throw new Error("The form is too large.");
  }
  return new URLSearchParams(text);
}

export function cookieOf({ headers }: IncomingMessage, name: string): string {
  for (const pair of headers.cookie?.split(";") ?? []) {
    const [key, ...value] = pair.trim().split("=");
    if (key === name) return value.join("=");
  }
  return "";
}
