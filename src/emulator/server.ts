import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { checkProjectCredentials } from "./credentials";
import { errorBody, StytchApiError } from "./errors";
import type { Fault, Faults } from "./faults";
import { isObject, type JsonObject, type OperationRequest, Reply } from "./operation";
import type { Session } from "./records";
import type { RecordedRequest, RequestLog } from "./request-log";
import { createRouter, type Match, type Route } from "./router";
import { requireSession } from "./sessions";
import type { State } from "./state";

const MAX_BODY_BYTES = 1_048_576;

export interface ServerOptions {
  state: State;
  routes: readonly Route[];
  faults: Faults;
  log: RequestLog;
  latencyMs: number;
  /** Throws when this request is over a limit. */
  limit: (route: string) => void;
}

/** What goes out. `null` cuts the connection instead. */
type Answer = Reply | null;

export function createEmulatorServer({ state, routes, faults, log, latencyMs, limit }: ServerOptions): Server {
  const match = createRouter(routes);

  async function answer(incoming: IncomingMessage, entry: RecordedRequest, url: URL): Promise<Answer | "hang"> {
    const found = match(entry.method, url.pathname);
    entry.route = found.name;
    const rawBody = await readBody(incoming);
    if (latencyMs > 0) await sleep(latencyMs);
    const fault = faults.take(found.name);
    if (!fault) return run(incoming, entry, url, found, rawBody);
    if (fault.kind === "hang") return "hang";
    if (fault.kind === "delay") {
      await sleep(fault.ms, undefined, { ref: false });
      return run(incoming, entry, url, found, rawBody);
    }
    if (fault.kind === "reset-after-effect") await run(incoming, entry, url, found, rawBody);
    return faultReply(fault);
  }

  async function run(incoming: IncomingMessage, entry: RecordedRequest, url: URL, found: Match, rawBody: string) {
    const { route, name, params } = found;
    if (route.access !== "open") checkProjectCredentials(incoming.headers.authorization);
    limit(name);
    const body = parseBody(rawBody, incoming.headers["content-type"]);
    entry.body = body;
    const caller = route.access === "member" ? await callerOf(state, incoming) : null;
    const request: OperationRequest = {
      params,
      query: url.searchParams,
      headers: incoming.headers,
      body,
      rawBody,
      caller,
    };
    const result = await route.run(state, request);
    return result instanceof Reply ? result : new Reply(200, {}, result);
  }

  return createServer({ keepAliveTimeout: 60_000 }, (incoming, response) => {
    const url = new URL(incoming.url ?? "/", "http://emulator");
    const entry: RecordedRequest = {
      route: null,
      method: incoming.method ?? "GET",
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: incoming.headers,
      body: null,
      status: null,
    };
    log.add(entry);
    answer(incoming, entry, url)
      .catch((error: unknown) => errorReply(error))
      .then((reply) => {
        if (reply === "hang") return;
        if (reply === null) incoming.socket.resetAndDestroy();
        else send(response, entry, reply);
      })
      // A client that is gone needs no answer.
      .catch(() => incoming.socket.destroy());
  });
}

/** U1: both headers at once are refused. U30: a bad session is reported before anything else about the request. */
async function callerOf(state: State, incoming: IncomingMessage): Promise<Session | null> {
  const session_token = singleHeader(incoming, "x-stytch-member-session");
  const session_jwt = singleHeader(incoming, "x-stytch-member-sessionjwt");
  if (session_token === undefined && session_jwt === undefined) return null;
  return requireSession(state, { session_token, session_jwt });
}

const singleHeader = (incoming: IncomingMessage, name: string): string | undefined =>
  [incoming.headers[name]].flat()[0];

async function readBody(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new StytchApiError("bad_request", "The request body is too large.");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parseBody(text: string, contentType = ""): JsonObject {
  if (text === "") return {};
  if (contentType.startsWith("application/x-www-form-urlencoded")) return Object.fromEntries(new URLSearchParams(text));
  const value = parseJson(text);
  if (!isObject(value)) throw new StytchApiError("bad_request", "The request body must be a JSON object.");
  return value;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new StytchApiError("bad_request", "The request body is not valid JSON.");
  }
}

const newRequestId = (): string => `request-id-test-${randomUUID()}`;

function faultReply(fault: Exclude<Fault, { kind: "hang" | "delay" }>): Answer {
  if (fault.kind === "reset" || fault.kind === "reset-after-effect") return null;
  const { status = 200, body } = fault;
  const headers: Record<string, string> = { "content-type": "application/json" };
  if (fault.kind === "body") return new Reply(status, headers, fault.body);
  if (fault.retryAfter !== undefined) headers["retry-after"] = String(fault.retryAfter);
  const errorType = fault.errorType ?? (status === 429 ? "too_many_requests" : "internal_server_error");
  return new Reply(status, headers, body ?? errorBody(status, newRequestId(), errorType, "Injected fault."));
}

function errorReply(error: unknown): Reply {
  const known = error instanceof StytchApiError ? error : new StytchApiError("internal_server_error");
  // U4: nothing but Retry-After tells a client that it is over a limit.
  const headers: Record<string, string> = known.errorType === "too_many_requests" ? { "retry-after": "1" } : {};
  return new Reply(known.status, headers, known.body(newRequestId()));
}

function send(response: ServerResponse, entry: RecordedRequest, reply: Reply): void {
  entry.status = reply.status;
  const isText = typeof reply.body === "string";
  const payload = Buffer.from(typeof reply.body === "string" ? reply.body : toJson(reply.status, reply.body));
  response.writeHead(reply.status, {
    ...(!isText && { "content-type": "application/json; charset=utf-8" }),
    "content-length": payload.length,
    ...reply.headers,
  });
  response.end(payload);
}

/** Error bodies bring their own envelope. */
const toJson = (status: number, body: JsonObject): string =>
  JSON.stringify("request_id" in body ? body : { request_id: newRequestId(), status_code: status, ...body });
