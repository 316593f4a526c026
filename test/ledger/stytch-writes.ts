import type { RecordedRequest } from "stytch-emulator";

/** Routes of the writes that deeds send. */
export const WRITE_ROUTES = [
  "POST /v1/connected_apps/clients",
  "PUT /v1/connected_apps/clients/:client_id",
  "DELETE /v1/connected_apps/clients/:client_id",
  "POST /v1/connected_apps/clients/:client_id/secrets/rotate/start",
  "POST /v1/connected_apps/clients/:client_id/secrets/rotate",
  "POST /v1/connected_apps/clients/:client_id/secrets/rotate/cancel",
  "POST /v1/b2b/organizations/:organization_id/members/:member_id/connected_apps/:connected_app_id/revoke",
  "POST /v1/b2b/idp/oauth/authorize",
  "PUT /v1/b2b/organizations/:organization_id",
];

/** Of a request that does not come from a gateway. */
export const ELSEWHERE = { "x-sent-by": "somebody at Stytch's dashboard" };

/** Writes of Stytch, by what they do to what: each may be sent once. Reads are `undefined`. */
export function writeOf({ method, route, path, body, headers }: RecordedRequest): string | undefined {
  if (headers["x-sent-by"]) return undefined;
  const [, app] = /\/clients\/([^/]+)/.exec(path) ?? [];
  const of = (field: string): string => String(Object(body)[field]);
  switch (route) {
    case "POST /v1/connected_apps/clients":
      return `create ${of("client_name")}`;
    case "POST /v1/connected_apps/clients/search":
    case "POST /v1/b2b/organizations/members/search":
    case "POST /v1/b2b/organizations/search":
    case "POST /v1/b2b/sessions/authenticate":
    case "POST /v1/b2b/idp/oauth/authorize/start":
      return undefined;
    case "POST /v1/b2b/idp/oauth/authorize":
      return `grant ${of("client_id")}`;
    default:
      if (method === "GET") return undefined;
      return app ? `${method} ${path.slice(path.indexOf(app))}` : `${method} ${path.split("/").slice(4).join("/")}`;
  }
}
