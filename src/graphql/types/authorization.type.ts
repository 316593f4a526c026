import { Field, ObjectType } from "type-graphql";
import type { AuthorizationRecord } from "../../loaders/authorizations.loader";
import { Node } from "./node.type";

@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description:
    "One app's granted access to one Member. Members read their own; reading others' needs `get.connected-apps` on `stytch.member`. Stytch keeps no time of consent or last use.",
})
export class Authorization extends Node {
  @Field(() => [String], { description: "Granted scopes, in alphabetical order." })
  scopes!: string[];

  record!: AuthorizationRecord;
}

export const toAuthorization = (record: AuthorizationRecord): Authorization =>
  Object.assign(new Authorization(), {
    id: authorizationId(record.organizationId, record.memberId, record.app.connected_app_id),
    scopes: record.scopes,
    record,
  });

const PREFIX = "authorization";

/** Stytch has no id for it. Naming all three parts makes it readable again with one call. */
const authorizationId = (...parts: [organizationId: string, memberId: string, connectedAppId: string]) =>
  [PREFIX, ...parts].join(":");

export function parseAuthorizationId(id: string) {
  const [prefix, organizationId, memberId, connectedAppId, ...rest] = id.split(":");
  if (prefix !== PREFIX || !organizationId || !memberId || !connectedAppId || rest.length > 0) return null;
  return { organizationId, memberId, connectedAppId };
}
