import type { State } from "../state/state";
import { StytchApiError } from "./errors";
import type { JsonObject } from "./json";
import { isNotEmulated } from "./not-emulated";
import type { Operation, OperationRequest, Reply } from "./operation";

/** `project`: Basic credentials. `member`: those, and optionally a session header. `open`: none. */
export type Access = "project" | "member" | "open";

export interface Route {
  method: string;
  path: string;
  access: Access;
  run: (state: State, request: OperationRequest) => JsonObject | Reply | Promise<JsonObject | Reply>;
}

/** The `:names` in a path pattern, so that an operation can only be put on a path that has what it reads. */
type PathParam<Path extends string> = Path extends `${infer Head}/${infer Tail}`
  ? PathParam<Head> | PathParam<Tail>
  : Path extends `:${infer Name}`
    ? Name
    : never;

const routeWith =
  (access: Access) =>
  <Path extends string>(method: string, path: Path, operation: Operation<PathParam<Path>>): Route => ({
    method,
    path,
    access,
    run: (state, request) => operation(state, request as OperationRequest<PathParam<Path>>),
  });

export const project = routeWith("project");
export const member = routeWith("member");
export const open = routeWith("open");

export interface Match {
  route: Route;
  /** As the request log and fault injection name it: `POST /v1/b2b/organizations/search`. */
  name: string;
  params: Record<string, string>;
}

interface Node {
  literal: Map<string, Node>;
  param: Node | null;
  routes: Map<string, { route: Route; names: string[] }>;
}

const emptyNode = (): Node => ({ literal: new Map(), param: null, routes: new Map() });

/** A tree over path segments; a literal segment wins over a parameter where both know the method. */
export function createRouter(routes: readonly Route[]): (method: string, pathname: string) => Match {
  const root = emptyNode();
  for (const route of routes) insert(root, route);
  return (method, pathname) => {
    const segments = pathname.split("/").slice(1);
    const values: string[] = [];
    const found = find(root, segments, values, (node) => node.routes.has(method))?.routes.get(method);
    if (!found) {
      const isKnownPath = find(root, segments, [], (node) => node.routes.size > 0) !== null;
      if (!isKnownPath && isNotEmulated(pathname)) throw new StytchApiError("not_emulated");
      throw new StytchApiError(isKnownPath ? "method_not_allowed" : "route_not_found");
    }
    const params = Object.fromEntries(found.names.map((name, index) => [name, decode(values[index] ?? "")]));
    return { route: found.route, name: `${method} ${found.route.path}`, params };
  };
}

function insert(root: Node, route: Route): void {
  const names: string[] = [];
  let node = root;
  for (const segment of route.path.split("/").slice(1)) {
    if (segment.startsWith(":")) {
      names.push(segment.slice(1));
      node.param ??= emptyNode();
      node = node.param;
    } else {
      const next: Node = node.literal.get(segment) ?? emptyNode();
      node.literal.set(segment, next);
      node = next;
    }
  }
  node.routes.set(route.method, { route, names });
}

/** Depth first; `values` collects what stands in the place of parameters on the way to the node that is found. */
function find(
  node: Node,
  segments: readonly string[],
  values: string[],
  accepts: (node: Node) => boolean,
  depth = 0,
): Node | null {
  const segment = segments[depth];
  if (segment === undefined) return accepts(node) ? node : null;
  const literal = node.literal.get(segment);
  const viaLiteral = literal ? find(literal, segments, values, accepts, depth + 1) : null;
  if (viaLiteral || !node.param || segment === "") return viaLiteral;
  values.push(segment);
  const viaParam = find(node.param, segments, values, accepts, depth + 1);
  if (!viaParam) values.pop();
  return viaParam;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new StytchApiError("bad_request", "The path is not properly percent-encoded.");
  }
}
