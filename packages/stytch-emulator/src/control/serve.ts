import type { IncomingMessage } from "node:http";
import { StytchApiError } from "../wire/errors";
import { Reply } from "../wire/operation";
import { parseBody, readBody } from "../wire/request-body";
import type { Control } from "./control";
import { PREFIX } from "./openapi";
import { controlRoutes } from "./routes";

const LOOPBACK = /^(::1|(::ffff:)?127(\.\d{1,3}){3})$/;
const LOOPBACK_NAMES: ReadonlySet<string> = new Set(["127.0.0.1", "[::1]", "0.0.0.0", "localhost"]);
/** A whole state is larger than any request of the API. */
const MAX_BYTES = 256 * 1024 * 1024;

const HEADERS = { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" };

export const isControl = (path: string): boolean => path === PREFIX || path.startsWith(`${PREFIX}/`);

/** Answers a request of the control plane. `exposed` opens it to other machines. */
export async function serveControl(
  control: Control,
  exposed: boolean,
  incoming: IncomingMessage,
  path: string,
  query: URLSearchParams,
): Promise<Reply> {
  const body = parseBody(await readBody(incoming, MAX_BYTES), incoming.headers["content-type"]);
  if (!exposed) requireThisMachine(incoming);
  const known = controlRoutes.filter((route) => PREFIX + route.path === path);
  if (known.length === 0) throw new StytchApiError("route_not_found");
  const route = known.find(({ method }) => method === incoming.method);
  if (!route) throw new StytchApiError("method_not_allowed");
  if (body instanceof StytchApiError) throw body;
  // As text, so that it gets no envelope of the API's.
  return new Reply(200, HEADERS, JSON.stringify(await route.run(control, body, query)));
}

/** A page of another site may neither post here from the developer's browser nor reach it under a name of its own. */
function requireThisMachine({ socket, headers }: IncomingMessage): void {
  const names = [`http://${headers.host}`, headers.origin ?? "http://localhost"];
  const isLocalName = (url: string) => URL.canParse(url) && LOOPBACK_NAMES.has(new URL(url).hostname);
  if (LOOPBACK.test(socket.remoteAddress ?? "") && names.every(isLocalName)) return;
  throw new StytchApiError("control_plane_is_local");
}
