import type { Emulator } from "stytch-emulator";
import type { AuditAction, AuditOutcome } from "../generated/graphql";
import { texts } from "../marketplace/shelf";
import { type Answer, post } from "../support/post";
import type { Event, Somebody } from "./audit-log.model";

/** One thing that somebody tries. Numbers choose from the lists of the world, round and round. */
export interface Step {
  by: number;
  deed: Deed;
  organization: number | null;
  member: number;
  app: number;
  yes: boolean;
}

export interface World {
  url: string;
  emulator: Emulator;
  callers: Somebody[];
  organizations: string[];
  /** Apps and requests for apps, also those that are gone. */
  apps: string[];
  requests: { id: string; organizationId: string; memberId: string; connectedAppId: string }[];
  /** What must be in the ledger, oldest first. */
  written: Event[];
  now(): Date;
}

type Target = Partial<Pick<Event, "organizationId" | "memberId" | "connectedAppId">>;

interface Rule {
  action: AuditAction;
  /** The payload's field, which is null when it was not done. */
  done: string;
  input(world: World, step: Chosen): Record<string, unknown>;
  /** What it was done to, as the answer and the world tell. */
  target(world: World, step: Chosen, payload: Payload): Target;
  /** Of its userErrors those that the deed itself met; the others were found before anything was begun. */
  met?: readonly string[];
}

interface Payload {
  done: unknown;
  id?: string;
  userErrors: { code: string; field: string[] | null }[];
}

/** A step with its numbers looked up. */
interface Chosen extends Omit<Step, "by" | "app" | "member"> {
  by: Somebody;
  app: string;
  member: Somebody;
  organizationId: string | null;
  request: World["requests"][number];
}

const UNKNOWN_REQUEST = {
  id: "app-request-00000000-0000-4000-8000-000000000000",
  organizationId: "",
  memberId: "",
  connectedAppId: "",
};

const client = (action: AuditAction, done: string, input: (step: Chosen) => object = () => ({})): Rule => ({
  action,
  done,
  input: (_, step) => ({ clientId: step.app, ...input(step) }),
  target: (_, { app }) => ({ connectedAppId: app }),
  met: ["NOT_FOUND", "ROTATION_NOT_STARTED", "ROTATION_IN_PROGRESS", "INVALID"],
});
const listing = (action: AuditAction): Rule => ({
  action,
  done: "listing { id }",
  input: (_, { app }) => (action === "LISTING_SAVED" ? texts(app) : { connectedAppId: app }),
  target: (_, { app }) => ({ connectedAppId: app }),
});
const optional = (organizationId: string | null) => (organizationId === null ? {} : { organizationId });
/** Members act in their own Organization, whether they name it or not. */
const place = ({ by, organizationId }: Chosen) => organizationId ?? by.organizationId;
const ofRequest = (_: World, { request: { id: __, ...target } }: Chosen): Target => target;

const RULES = {
  createClient: {
    action: "CLIENT_CREATED",
    done: "connectedApp { id }",
    input: (_, { app }) => ({
      clientType: "THIRD_PARTY",
      name: `After ${app}`,
      redirectUrls: ["https://a.example/cb"],
    }),
    target: (world, _, { done }) => {
      const { id } = done as { id: string };
      world.apps.push(id);
      return { connectedAppId: id };
    },
  },
  updateClient: client("CLIENT_UPDATED", "connectedApp { id }", () => ({ description: "Changed" })),
  deleteClient: client("CLIENT_DELETED", "deletedClientId"),
  rotateSecret: client("SECRET_ROTATION_STARTED", "connectedApp { id }"),
  completeSecretRotation: client("SECRET_ROTATION_COMPLETED", "connectedApp { id }"),
  cancelSecretRotation: client("SECRET_ROTATION_CANCELLED", "connectedApp { id }"),
  // Nothing is sent: whether there is a rotation is looked up before.
  rescheduleSecretRotation: { ...client("SECRET_ROTATION_RESCHEDULED", "connectedApp { id }"), met: [] },
  revokeMemberApp: {
    action: "AUTHORIZATION_REVOKED",
    done: "revokedConnectedAppId",
    input: (_, { member, app, organizationId }) => ({
      memberId: member.id,
      connectedAppId: app,
      ...optional(organizationId),
    }),
    target: (_, step) => ({ organizationId: place(step), memberId: step.member.id, connectedAppId: step.app }),
    met: ["NOT_FOUND memberId", "NOT_FOUND connectedAppId"],
  },
  updateConnectedAppPolicy: {
    action: "CONNECTED_APP_POLICY_UPDATED",
    done: "organization { id }",
    input: (world, { organizationId, yes }) => ({
      ...optional(organizationId),
      thirdParty: { mode: "RESTRICTED", allowedAppIds: yes ? world.apps.slice(0, 2) : [] },
    }),
    target: (_, step) => ({ organizationId: place(step) }),
  },
  requestApp: {
    action: "APP_REQUESTED",
    done: "appRequest { id }",
    input: (_, { app }) => ({ connectedAppId: app, reason: "Please" }),
    target: (world, { by, app }, { done }) => {
      const target = { organizationId: by.organizationId ?? "", memberId: by.id, connectedAppId: app };
      if (done) world.requests.push({ ...(done as { id: string }), ...target });
      return target;
    },
    met: ["APP_REQUEST_OPEN"],
  },
  withdrawAppRequest: {
    action: "APP_REQUEST_WITHDRAWN",
    done: "appRequest { id }",
    input: (_, { request }) => ({ appRequestId: request.id }),
    target: ofRequest,
  },
  decideAppRequest: {
    action: "APP_REQUEST_DECIDED",
    done: "appRequest { id }",
    input: (_, { request, yes }) => ({ appRequestId: request.id, decision: yes ? "APPROVE" : "DECLINE" }),
    target: ofRequest,
  },
  saveListing: listing("LISTING_SAVED"),
  publishListing: listing("LISTING_PUBLISHED"),
  withdrawListing: listing("LISTING_WITHDRAWN"),
} as const satisfies Record<string, Rule>;

export type Deed = keyof typeof RULES | "consent" | "revokeApp" | "revokeMemberApps";
export const DEEDS = [...Object.keys(RULES), "consent", "revokeApp", "revokeMemberApps"] as Deed[];

/** Tries it, and adds to what must be written down. */
export async function perform(world: World, step: Step): Promise<void> {
  const chosen = choose(world, step);
  const { deed } = chosen;
  if (deed === "consent") return decideConsent(world, chosen);
  if (deed === "revokeApp" || deed === "revokeMemberApps") return revokeMany(world, chosen, deed);
  const rule: Rule = RULES[deed];
  const input = rule.input(world, chosen);
  const policy = policyOf(world, chosen);
  const { answer, payload } = await mutate(world, chosen.by, deed, input, `done: ${rule.done}`);
  const [problem] = payload?.userErrors ?? [];
  // An approval that widens the policy is two deeds.
  if (deed === "decideAppRequest" && policyOf(world, chosen) !== policy) {
    const { organizationId, connectedAppId } = chosen.request;
    write(world, chosen.by, "CONNECTED_APP_POLICY_UPDATED", answer, "DONE", null, { organizationId, connectedAppId });
  }
  if (!payload) refused(world, chosen.by, rule.action, input, answer);
  else if (!problem) write(world, chosen.by, rule.action, answer, "DONE", null, rule.target(world, chosen, payload));
  else if (isMet(rule, problem)) {
    write(world, chosen.by, rule.action, answer, "REFUSED", problem.code, rule.target(world, chosen, payload));
  }
}

const policyOf = ({ emulator }: World, { request }: Chosen) => {
  const organization = emulator.state.organizations.find(request.organizationId);
  return [organization?.allowed_first_party_connected_apps, organization?.allowed_third_party_connected_apps].join(";");
};

const isMet = ({ met = [] }: Rule, { code, field }: Payload["userErrors"][number]) =>
  met.includes(code) || met.includes(`${code} ${field?.join(".")}`);

function choose({ callers, organizations, apps, requests }: World, step: Step): Chosen {
  const at = <T>(list: readonly T[], index: number): T => {
    const found = list[index % list.length];
    if (found === undefined) throw new Error("An empty list.");
    return found;
  };
  const people = callers.filter(({ kind }) => kind === "MEMBER" || kind === "OPERATOR");
  return {
    ...step,
    by: at(callers, step.by),
    app: at(apps, step.app),
    member: at(people, step.member),
    organizationId: step.organization === null ? null : at(organizations, step.organization),
    request:
      requests.length > 0 ? at(requests, requests.length - 1 - (step.member % requests.length)) : UNKNOWN_REQUEST,
  };
}

async function mutate(world: World, { headers }: Somebody, deed: string, input: object, fields: string) {
  const type = `${deed[0]?.toUpperCase()}${deed.slice(1)}Input`;
  const text = `mutation ($input: ${type}!) { result: ${deed}(input: $input) { ${fields} userErrors { code field } } }`;
  const answer = await post<{ result: Payload | null }>(world.url, headers, text, { input });
  const payload = answer.data?.result ?? null;
  const code = answer.errors[0]?.extensions.code;
  if (payload ? code !== undefined : !EXPECTED.includes(String(code))) throw new Error(`${deed}: ${answer.text}`);
  return { answer, payload };
}
const EXPECTED = ["UNAUTHENTICATED", "FORBIDDEN"];

function write(
  { written, now }: World,
  { kind, id }: Somebody,
  action: AuditAction,
  { headers }: Answer<unknown>,
  outcome: AuditOutcome,
  code: string | null,
  { organizationId = null, memberId = null, connectedAppId = null }: Target,
): void {
  const requestId = headers.get("x-request-id") ?? "";
  const at = now().toISOString();
  written.push({ at, action, outcome, code, actor: { kind, id }, organizationId, memberId, connectedAppId, requestId });
}

/** Written down for whoever is signed in: in a Member's own Organization, whatever it named; ids as they were given. */
function refused(world: World, by: Somebody, action: AuditAction, input: object, answer: Answer<unknown>): void {
  if (by.kind === "NOBODY") return;
  const named: { memberId?: string; connectedAppId?: string; clientId?: string } = input;
  write(world, by, action, answer, "REFUSED", "FORBIDDEN", {
    organizationId: by.kind === "MEMBER" ? by.organizationId : null,
    memberId: named.memberId ?? null,
    connectedAppId: named.connectedAppId ?? named.clientId ?? null,
  });
}

/** Starting writes nothing down, whatever comes of it; deciding does. */
async function decideConsent(world: World, { by, app, member, yes }: Chosen): Promise<void> {
  const redirectUri = world.emulator.state.clients.get(app)?.redirect_urls[0] ?? "https://a.example/cb";
  const whose = by.kind === "SERVICE" ? member : by;
  const reference = { organizationId: whose.organizationId, memberId: whose.id };
  const start = {
    clientId: app,
    redirectUri: redirectUri.replace("127.0.0.1/", "127.0.0.1:1234/"),
    scopes: ["openid"],
    codeChallenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    codeChallengeMethod: "S256",
    ...(by.kind === "SERVICE" && { member: reference }),
  };
  const started = await mutate(world, by, "startAuthorization", start, "done: authorizationRequest { id }");
  const { id } = (started.payload?.done as { id: string } | null) ?? { id: "authorization-request-none" };
  const input = { authorizationRequestId: id, decision: yes ? "ALLOW" : "DENY" };
  const { answer, payload } = await mutate(world, by, "submitConsent", input, "done: granted");
  if (!payload) refused(world, by, "AUTHORIZATION_GRANTED", {}, answer);
  if (!payload || payload.userErrors.length > 0) return;
  const action = payload.done ? "AUTHORIZATION_GRANTED" : "AUTHORIZATION_DENIED";
  write(world, by, action, answer, "DONE", null, { ...reference, connectedAppId: app });
  // Used up: the second submission is told so, and is no deed.
  await mutate(world, by, "submitConsent", input, "done: granted");
}

/** One event for each grant that Stytch has no more. */
async function revokeMany(world: World, step: Chosen, deed: "revokeApp" | "revokeMemberApps"): Promise<void> {
  const { by, app, member, yes } = step;
  const { grants } = world.emulator.state;
  const before = grants.values();
  const named = { connectedAppId: app, ...(yes && { memberIds: [member.id] }) };
  const input = { ...(deed === "revokeApp" ? named : { memberId: member.id }), ...optional(step.organizationId) };
  const { answer, payload } = await mutate(world, by, deed, input, "done: revokedCount");
  if (!payload) return refused(world, by, "AUTHORIZATION_REVOKED", input, answer);
  for (const { organization_id, member_id, client_id } of before) {
    if (grants.get(member_id, client_id)) continue;
    const target = { organizationId: organization_id, memberId: member_id, connectedAppId: client_id };
    write(world, by, "AUTHORIZATION_REVOKED", answer, "DONE", null, target);
  }
}
