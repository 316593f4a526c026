import { newClient, newMember, newOrganization } from "../defaults";
import { stytchPolicy } from "../seed/policy";
import { hashSecret } from "../tokens/secrets";
import { StytchApiError } from "../wire/errors";
import { parseFields } from "../wire/fields";
import type { JsonObject } from "../wire/json";
import { type Dump, dumpSchema } from "./dump.schema";
import type { HashedSecret, StoredSecret } from "./records";
import type { State } from "./state";

type DumpedSecret = Exclude<Dump["connected_apps"][number]["secret"], null>;

/** A copy: what happens later does not change it. */
export function dump(state: State): Dump {
  return structuredClone({
    policy: state.policy,
    organization_policies: Object.fromEntries(state.organizationPolicies),
    organizations: [...state.organizations.values()],
    members: [...state.members.values()],
    connected_apps: [...state.clients.values()].map((client) => ({
      ...client,
      secret: client.secret && dumpSecret(client.secret),
    })),
    m2m_clients: [...state.m2mClients.values()].map((client) => ({ ...client, secret: dumpSecret(client.secret) })),
    consents: state.grants.values(),
    revoked_consents: state.grants.revoked(),
    sessions: [...state.sessions.values()],
    authorization_codes: [...state.tokens.codes.values()],
    refresh_tokens: [...state.tokens.refreshTokens.values()],
    access_tokens: [...state.tokens.accessTokens.values()],
  });
}

/** Puts a dump in the place of everything there is. One that is not right is refused and changes nothing. */
export function load(state: State, given: JsonObject): void {
  const read = parseFields(dumpSchema, given);
  checkReferences(read);
  const now = state.now();
  state.clear();
  state.policy = read.policy ?? structuredClone(stytchPolicy);
  for (const [id, policy] of Object.entries(read.organization_policies)) state.organizationPolicies.set(id, policy);
  for (const organization of read.organizations) state.organizations.save(newOrganization(organization, now));
  for (const member of read.members) state.members.save(newMember(member, now));
  for (const client of read.connected_apps) {
    const secret = client.secret === null ? null : loadSecret(client.secret);
    state.clients.set(client.client_id, newClient({ ...client, secret }));
  }
  for (const client of read.m2m_clients) {
    state.m2mClients.set(client.client_id, { ...client, secret: loadSecret(client.secret) });
  }
  for (const { member_id, client_id } of read.revoked_consents) state.grants.revoke(member_id, client_id);
  for (const grant of read.consents) state.grants.record(grant);
  for (const session of read.sessions) state.sessions.save(session);
  for (const code of read.authorization_codes) state.tokens.codes.set(code.code, code);
  for (const token of read.refresh_tokens) state.tokens.refreshTokens.set(token.refresh_token, token);
  for (const token of read.access_tokens) state.tokens.accessTokens.set(token.jti, token);
}

/** A record that points nowhere would surface later, as an answer that has nothing to do with it. */
function checkReferences(read: Dump): void {
  const organizations = new Set(read.organizations.map((organization) => organization.organization_id));
  const members = new Map(read.members.map((member) => [member.member_id, member.organization_id]));
  const clients = new Set(read.connected_apps.map((client) => client.client_id));
  for (const { member_id, organization_id } of read.members) {
    hold(organizations.has(organization_id), `member ${member_id}`, organization_id);
  }
  const { consents, sessions, authorization_codes, refresh_tokens, access_tokens } = read;
  for (const { member_id, organization_id } of [...consents, ...sessions]) {
    hold(members.get(member_id) === organization_id, `a consent or session of ${organization_id}`, member_id);
  }
  for (const { client_id } of [...consents, ...authorization_codes, ...refresh_tokens, ...access_tokens]) {
    hold(clients.has(client_id), "a consent, code or token", client_id);
  }
}

function hold(holds: boolean, what: string, id: string): void {
  if (!holds) throw new StytchApiError("bad_request", `${what} names ${id}, which is not in this state.`);
}

const dumpHash = ({ hash, lastFour }: HashedSecret) => ({ hash: hash.toString("base64url"), lastFour });
const dumpSecret = ({ current, next }: StoredSecret) => ({
  current: dumpHash(current),
  ...(next && { next: dumpHash(next) }),
});

const loadHash = ({ hash, lastFour }: { hash: string; lastFour: string }): HashedSecret => ({
  hash: Buffer.from(hash, "base64url"),
  lastFour,
});

function loadSecret(secret: DumpedSecret): StoredSecret {
  if (typeof secret === "string") return { current: hashSecret(secret) };
  return { current: loadHash(secret.current), ...(secret.next && { next: loadHash(secret.next) }) };
}
