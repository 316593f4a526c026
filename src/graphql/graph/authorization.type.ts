import { Field, ObjectType } from "type-graphql";
import type { AuthorizationRecord } from "../../loaders/authorizations";
import { ConnectedApp, toListedApp } from "./connected-app.type";
import { Node } from "./node.type";

@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description:
    "One app's granted access to one Member. Members read their own; reading others' needs `get.connected-apps` on `stytch.member`. Stytch keeps no time of consent or last use.",
})
export class Authorization extends Node {
  @Field(() => [String], { description: "Granted scopes, in alphabetical order." })
  scopes: string[];

  // No resolver: a list of hundreds would call it for each, and the list that named the authorization named the app too.
  @Field(() => ConnectedApp, { description: "Who may act. Costs no call." })
  connectedApp: ConnectedApp;

  constructor(readonly record: AuthorizationRecord) {
    super();
    this.id = authorizationId(record.organizationId, record.memberId, record.app.connected_app_id);
    this.scopes = record.scopes;
    this.connectedApp = toListedApp(record.app);
  }
}

export const toAuthorization = (record: AuthorizationRecord): Authorization => new Authorization(record);

const made = new WeakMap<readonly AuthorizationRecord[], Authorization[]>();

/** Of an Organization or an app: a list that may be long and named often, so it is made once. */
export function toAuthorizations(records: readonly AuthorizationRecord[]): Authorization[] {
  const known = made.get(records) ?? records.map(toAuthorization);
  made.set(records, known);
  return known;
}

const PREFIX = "authorization";

/** Stytch has no id for it. Naming all three parts makes it readable again with one call. */
export const authorizationId = (organizationId: string, memberId: string, connectedAppId: string) =>
  `${PREFIX}:${organizationId}:${memberId}:${connectedAppId}`;

export function parseAuthorizationId(id: string) {
  const [prefix, organizationId, memberId, connectedAppId, ...rest] = id.split(":");
  if (prefix !== PREFIX || !organizationId || !memberId || !connectedAppId || rest.length > 0) return null;
  return { organizationId, memberId, connectedAppId };
}
