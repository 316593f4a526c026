import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { isControl } from "../control/serve";
import { newId } from "../ids";
import { requireSession } from "../sessions";
import type { Session } from "../state/records";
import type { State } from "../state/state";
import { checkProjectCredentials } from "./credentials";
import { StytchApiError } from "./errors";
import { type Faults, faultReply } from "./faults";
import type { JsonObject } from "./json";
import { Reply } from "./operation";
import type { RateLimit } from "./rate-limit";
import { parseBody, readBody } from "./request-body";
import type { RecordedRequest, RequestLog } from "./request-log";
import { createRouter, type Match, type Route } from "./router";

export interface ServerOptions {
  state: State;
  routes: readonly Route[];
  faults: Faults;
  log: RequestLog;
  limit: RateLimit;
  /** Other programs, by the path at and below which they answer. Nothing of the API applies, and nothing is recorded. */
  guests: ReadonlyMap<string, RequestListener>;
  /** Answers what the API does not: no credentials, faults, latency or limits apply, and nothing is recorded. */
  control: (incoming: IncomingMessage, path: string, query: URLSearchParams) => Promise<Reply>;
}

/** `reset` cuts the connection; `hang` leaves it open without an answer. */
type Answer = Reply | "reset" | "hang";

/** A request whose body has arrived. */
interface Arrived {
  incoming: IncomingMessage;
  match: Match;
  query: URLSearchParams;
  rawBody: string;
  /** The error is thrown once the credentials have proved good. */
  body: JsonObject | StytchApiError;
}

export function createEmulatorServer({ state, routes, faults, log, limit, guests, control }: ServerOptions): Server {
  const route = createRouter(routes);

  async function answer(incoming: IncomingMessage, entry: RecordedRequest, query: URLSearchParams): Promise<Answer> {
    const match = route(entry.method, entry.path);
    entry.route = match.name;
    const rawBody = await readBody(incoming);
    const body = parseBody(rawBody, incoming.headers["content-type"]);
    entry.body = body instanceof StytchApiError ? rawBody : body;
    const arrived = { incoming, match, query, rawBody, body };
    const { latencyMs } = state.settings;
    if (latencyMs > 0) await sleep(latencyMs);
    const fault = faults.take(match.name);
    if (!fault) return run(arrived);
    switch (fault.kind) {
      case "hang":
      case "reset":
        return fault.kind;
      case "delay": {
        const later = () => sleep(fault.ms, undefined, { ref: false });
        if (!fault.afterEffect) return later().then(() => run(arrived));
        return run(arrived).finally(later);
      }
      case "reset-after-effect":
        await run(arrived).catch(() => undefined);
        return "reset";
      default:
        return faultReply(fault);
    }
  }

  /** Credentials come first: a stranger learns nothing else. */
  async function run({ incoming, match, query, rawBody, body }: Arrived): Promise<Reply> {
    const { access, run: operation } = match.route;
    const { headers } = incoming;
    if (access !== "open") checkProjectCredentials(headers.authorization);
    limit.count(match.name);
    if (body instanceof StytchApiError) throw body;
    const caller = access === "member" ? await callerOf(state, incoming) : null;
    const result = await operation(state, { params: match.params, query, headers, body, rawBody, caller });
    return result instanceof Reply ? result : new Reply(200, {}, result);
  }

  return createServer({ keepAliveTimeout: 60_000 }, (incoming, response) => {
    const [path = "/", search] = (incoming.url ?? "/").split("?", 2);
    const query = new URLSearchParams(search);
    if (isControl(path)) {
      const settled = control(incoming, path, query).catch(errorReply);
      settled.then((reply) => send(response, reply)).catch(() => incoming.socket.destroy());
      return;
    }
    const guest = [...guests].find(([base]) => path === base || path.startsWith(`${base}/`))?.[1];
    if (guest) return guest(incoming, response);
    const entry: RecordedRequest = {
      route: null,
      method: incoming.method ?? "GET",
      path,
      query: Object.fromEntries(query),
      headers: incoming.headers,
      body: null,
      status: null,
    };
    log.add(entry);
    answer(incoming, entry, query)
      .catch(errorReply)
      .then((reply) => {
        if (reply === "reset") incoming.socket.resetAndDestroy();
        else if (reply !== "hang") {
          entry.status = reply.status;
          send(response, reply);
        }
      })
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

function errorReply(error: unknown): Reply {
  // Anything but an API error is a fault in the emulator itself: say which, so that it gets repaired.
  const known =
    error instanceof StytchApiError ? error : new StytchApiError("internal_server_error", `Emulator: ${String(error)}`);
  // U4: nothing but Retry-After tells a client that it is over a limit.
  const headers: Record<string, string> = known.errorType === "too_many_requests" ? { "retry-after": "1" } : {};
  return new Reply(known.status, headers, known.body(newId("request-id")));
}

function send(response: ServerResponse, { status, headers, body }: Reply): void {
  const payload = Buffer.from(typeof body === "string" ? body : toJson(status, body));
  response.writeHead(status, {
    ...(typeof body !== "string" && { "content-type": "application/json; charset=utf-8" }),
    "content-length": payload.length,
    ...headers,
  });
  response.end(payload);
}

/** Error bodies bring their own envelope. */
const toJson = (status: number, body: JsonObject): string =>
  JSON.stringify("request_id" in body ? body : { request_id: newId("request-id"), status_code: status, ...body });
