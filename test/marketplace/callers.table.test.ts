import { memberIdOf } from "stytch-emulator";
import { type CallerKind, callersOf } from "../support/callers";
import { startTestGateway, type TestGateway } from "../support/gateway";
import { post } from "../support/post";
import {
  appId,
  bearerOf,
  DESK_NOTES,
  INVOICE_SYNC,
  list,
  mutate,
  operator,
  outcome,
  PAYROLL_BRIDGE,
  texts,
} from "./shelf";

const AUTHENTICATE = "POST /v1/b2b/sessions/authenticate";
const GET_CLIENT = "GET /v1/connected_apps/clients/:client_id";
const GET_ORGANIZATION = "GET /v1/b2b/organizations/:organization_id";
const ORGANIZATION_APP = `${GET_ORGANIZATION}/connected_apps/:connected_app_id`;
const UPDATE = "PUT /v1/b2b/organizations/:organization_id";

const ATLAS = appId("Atlas Assistant");
const TALLY = appId("Tally Reports");
const UNKNOWN_APP = "connected-app-test-00000000-0000-4000-8000-000000000000";
const UNKNOWN_REQUEST = "app-request-00000000-0000-4000-8000-000000000000";

/** What came back, and what Stytch was asked for it. */
type Expected = [outcome: string, calls: string[]];

let gateway: TestGateway;
let callers: Awaited<ReturnType<typeof callersOf>>;
let service: Record<string, string>;
/** Open requests: the plain Member's, a colleague's of the same Organization, and another tenant's. */
let requests: Record<"own" | "a colleague's" | "another tenant's" | "unknown" | "malformed", string>;

beforeAll(async () => {
  gateway = await startTestGateway({ rateLimits: { viewer: 0, organization: 0, address: 0 } });
  callers = await callersOf(gateway);
  service = await operator(gateway);
  restrict("northwind");
  // Nobody uses these, so that seeing them is the shelf's doing.
  const { state } = gateway.emulator;
  for (const id of [PAYROLL_BRIDGE, DESK_NOTES, ATLAS]) {
    for (const { member_id } of state.grants.ofClient(id)) state.revokeGrant(member_id, id);
  }
  await Promise.all([INVOICE_SYNC, PAYROLL_BRIDGE, TALLY].map((id) => list(gateway, id)));
  await list(gateway, DESK_NOTES, {}, false);
  const colleague = await bearerOf(gateway, memberIdOf("northwind", 6));
  const stranger = await bearerOf(gateway, memberIdOf("harbor-accounting", 6));
  requests = {
    own: await open(callers["plain Member"], PAYROLL_BRIDGE),
    "a colleague's": await open(colleague, TALLY),
    "another tenant's": await open(stranger, PAYROLL_BRIDGE),
    unknown: UNKNOWN_REQUEST,
    malformed: "app-request-../..",
  };
});
afterAll(() => gateway.stop());

function restrict(slug: string): void {
  const organization = gateway.emulator.state.organizations.findBySlug(slug);
  if (!organization) throw new Error("No such Organization.");
  gateway.emulator.state.organizations.save({
    ...organization,
    third_party_connected_apps_allowed_type: "RESTRICTED",
    allowed_third_party_connected_apps: [INVOICE_SYNC],
  });
}

async function open(headers: Record<string, string>, connectedAppId: string): Promise<string> {
  const { payload } = await mutate(gateway, headers, "requestApp", { connectedAppId }, "appRequest { id }");
  return String(payload?.done?.id);
}

const KINDS: CallerKind[] = [
  "nobody",
  "plain Member",
  "app manager",
  "organization admin",
  "operator person",
  "service read:marketplace",
  "service manage:clients",
  "service manage:authorizations",
  "service with every scope",
  "a Connected App",
  "two identities",
];
const REFUSED: Partial<Record<CallerKind, string>> = {
  nobody: "UNAUTHENTICATED",
  "a Connected App": "UNAUTHENTICATED",
  "two identities": "BAD_USER_INPUT",
};
const MEMBERS: readonly CallerKind[] = ["plain Member", "app manager", "organization admin"];
const READERS: readonly CallerKind[] = ["operator person", "service read:marketplace", "service with every scope"];
const isMember = (kind: CallerKind) => MEMBERS.includes(kind);
const isReader = (kind: CallerKind) => READERS.includes(kind);
const byKind = <T extends string>(targets: readonly T[]) =>
  KINDS.flatMap((kind) => targets.map((target) => ({ kind, target })));
const allows = (kind: CallerKind, scope: string) =>
  kind === "operator person" || kind === `service ${scope}` || kind === "service with every scope";

/** Stytch's word on an operator's session is good for some seconds, so whether it is asked again depends on the clock. */
async function calling<T>(kind: CallerKind, work: () => Promise<T>): Promise<[T, string[]]> {
  gateway.calls();
  const result = await work();
  const calls = gateway.calls().toSorted();
  return [result, kind === "operator person" ? calls.filter((call) => call !== AUTHENTICATE) : calls];
}

async function read(kind: CallerKind, query: string): Promise<Expected> {
  return calling(kind, async () => {
    const { data, errors } = await post<{ result: unknown }>(gateway.url, callers[kind], query);
    return errors[0] ? String(errors[0].extensions.code) : JSON.stringify(data?.result);
  });
}

const APPS = {
  published: PAYROLL_BRIDGE,
  draft: DESK_NOTES,
  unlisted: ATLAS,
  unknown: UNKNOWN_APP,
  "no id": "..",
} as const;
type AppTarget = keyof typeof APPS;
const APP_TARGETS = Object.keys(APPS) as AppTarget[];

describe("listing, and its node", () => {
  function expected(kind: CallerKind, target: AppTarget): string {
    if (REFUSED[kind]) return REFUSED[kind];
    if (!isMember(kind) && !isReader(kind)) return "FORBIDDEN";
    const isSeen = target === "published" || (target === "draft" && isReader(kind));
    return isSeen ? JSON.stringify({ id: `listing:${APPS[target]}` }) : "null";
  }
  test.each(byKind(APP_TARGETS))("of a $target app by $kind: no call", async ({ kind, target }) => {
    const id = APPS[target];
    const answer = [expected(kind, target), []];
    expect(await read(kind, `{ result: listing(connectedAppId: "${id}") { id } }`)).toEqual(answer);
    expect(await read(kind, `{ result: node(id: "listing:${id}") { id } }`)).toEqual(answer);
  });
});

describe("marketplace", () => {
  test.each(KINDS)("by %s: no call", async (kind) => {
    const refusal = REFUSED[kind] ?? (isMember(kind) || isReader(kind) ? null : "FORBIDDEN");
    const count = (total: number) => JSON.stringify({ totalCount: total });
    const query = (filter: string) => `{ result: marketplace${filter} { totalCount } }`;
    expect(await read(kind, query(""))).toEqual([refusal ?? count(3), []]);
    const drafts = query("(filter: { statuses: [DRAFT] })");
    expect(await read(kind, drafts)).toEqual([refusal ?? (isReader(kind) ? count(1) : "FORBIDDEN"), []]);
  });
});

describe("connectedApp by its id", () => {
  function expected(kind: CallerKind, target: AppTarget): Expected {
    if (REFUSED[kind]) return [REFUSED[kind], []];
    if (!isMember(kind) && !isReader(kind)) return ["FORBIDDEN", []];
    const found = JSON.stringify({ id: APPS[target] });
    if (target === "no id") return ["null", []];
    if (isReader(kind)) return [target === "unknown" ? "null" : found, [GET_CLIENT]];
    return [target === "published" ? found : "null", [ORGANIZATION_APP]];
  }
  test.each(byKind(APP_TARGETS))("$target by $kind", async ({ kind, target }) => {
    expect(await read(kind, `{ result: connectedApp(id: "${APPS[target]}") { id } }`)).toEqual(expected(kind, target));
  });
});

describe("what is the viewer's own in a listing", () => {
  test.each(KINDS)("%s", async (kind) => {
    const query = `{ result: listing(connectedAppId: "${PAYROLL_BRIDGE}") { availability appRequest { reason member { id } } } }`;
    const [answer, calls] = await read(kind, query);
    const request = (member: string | null) => ({ reason: null, member: member && { id: member } });
    const memberId = gateway.emulator.seeded.people.memberId;
    const refusal = REFUSED[kind] ?? (isMember(kind) || isReader(kind) ? null : "FORBIDDEN");
    if (refusal) expect([answer, calls]).toEqual([refusal, []]);
    else if (kind === "plain Member") {
      expect(JSON.parse(answer)).toEqual({ availability: "NEEDS_APPROVAL", appRequest: request(memberId) });
      expect(calls).toEqual([AUTHENTICATE]);
    } else if (kind === "app manager")
      expect(JSON.parse(answer)).toEqual({ availability: "NEEDS_APPROVAL", appRequest: request(null) });
    else if (kind === "organization admin")
      expect(JSON.parse(answer)).toEqual({ availability: "NEEDS_APPROVAL", appRequest: request(memberId) });
    else expect(JSON.parse(answer)).toEqual({ availability: "AVAILABLE", appRequest: null });
    if (kind.startsWith("service")) expect(calls).toEqual([]);
  });
});

describe("Organization.appRequests", () => {
  const TARGETS = { own: "northwind", "another tenant's": "harbor-accounting", unknown: "nowhere" } as const;
  const cases = byKind(Object.keys(TARGETS) as (keyof typeof TARGETS)[]);
  test.each(cases)("$target by $kind", async ({ kind, target }) => {
    const [answer] = await read(
      kind,
      `{ result: organization(id: "${TARGETS[target]}") { appRequests { totalCount } } }`,
    );
    const count = (total: number) => JSON.stringify({ appRequests: { totalCount: total } });
    if (REFUSED[kind]) expect(answer).toBe(REFUSED[kind]);
    else if (!isMember(kind) && !isReader(kind)) expect(answer).toBe("FORBIDDEN");
    else if (target === "unknown" || (isMember(kind) && target !== "own")) expect(answer).toBe("null");
    else if (isReader(kind)) expect(answer).toBe(count(target === "own" ? 2 : 1));
    else expect(answer).toBe(count({ "plain Member": 1, "organization admin": 2 }[kind as string] ?? 0));
  });
});

type RequestTarget = keyof typeof requests;
const REQUEST_TARGETS: RequestTarget[] = ["own", "a colleague's", "another tenant's", "unknown", "malformed"];

describe("an app request by its id", () => {
  test.each(byKind(REQUEST_TARGETS))("$target by $kind", async ({ kind, target }) => {
    const id = requests[target];
    const [answer] = await read(kind, `{ result: node(id: "${id}") { id } }`);
    const isKnown = target !== "unknown" && target !== "malformed";
    const isSeen =
      isKnown &&
      (isReader(kind) ||
        (kind === "plain Member" && target === "own") ||
        (kind === "organization admin" && target !== "another tenant's"));
    if (REFUSED[kind]) expect(answer).toBe(REFUSED[kind]);
    else if (!isMember(kind) && !isReader(kind)) expect(answer).toBe("FORBIDDEN");
    else expect(answer).toBe(isSeen ? JSON.stringify({ id }) : "null");
  });
});

describe("mutations of listings, for operators only", () => {
  const MUTATIONS = ["saveListing", "publishListing", "withdrawListing"] as const;
  const TARGETS = ["published", "unlisted", "unknown", "no id"] as const;
  type Mutation = (typeof MUTATIONS)[number];
  type Target = (typeof TARGETS)[number];
  const cases = MUTATIONS.flatMap((mutation) => byKind(TARGETS).map((each) => ({ mutation, ...each })));

  function expected(mutation: Mutation, kind: CallerKind, target: Target): Expected {
    if (REFUSED[kind]) return [REFUSED[kind], []];
    if (!allows(kind, "manage:clients")) return ["FORBIDDEN", []];
    const isDone = target === "published" || (target === "unlisted" && mutation === "saveListing");
    const client = mutation === "withdrawListing" || target === "no id" ? [] : [GET_CLIENT];
    return [isDone ? "done" : "NOT_FOUND connectedAppId", client];
  }
  test.each(cases)("$mutation of a $target app by $kind", async ({ mutation, kind, target }) => {
    const connectedAppId = APPS[target];
    if (target === "published") await outcome(gateway, service, "publishListing", { connectedAppId }, "listing { id }");
    const input = mutation === "saveListing" ? texts(connectedAppId) : { connectedAppId };
    const result = await calling(kind, () => outcome(gateway, callers[kind], mutation, input, "listing { id }"));
    expect(result).toEqual(expected(mutation, kind, target));
    if (target === "unlisted") await forget(connectedAppId);
  });
  afterAll(() => outcome(gateway, service, "publishListing", { connectedAppId: PAYROLL_BRIDGE }, "listing { id }"));
});

/** Deletes the client with its listing, and puts the client back. */
async function forget(connectedAppId: string): Promise<void> {
  const client = gateway.emulator.state.requireClient(connectedAppId);
  await outcome(gateway, service, "deleteClient", { clientId: connectedAppId }, "deletedClientId");
  gateway.emulator.state.clients.set(connectedAppId, client);
}

describe("requestApp, for Members", () => {
  const TARGETS = { ...APPS, allowed: INVOICE_SYNC } as const;
  type Target = keyof typeof TARGETS;
  function expected(kind: CallerKind, target: Target): Expected {
    if (REFUSED[kind]) return [REFUSED[kind], []];
    if (!isMember(kind)) return ["FORBIDDEN", []];
    if (target === "allowed") return ["APP_ALREADY_ALLOWED connectedAppId", [AUTHENTICATE]];
    // The plain Member's own request from the start is open.
    if (target === "published") return ["APP_REQUEST_OPEN connectedAppId", [AUTHENTICATE]];
    return ["NOT_FOUND connectedAppId", []];
  }
  test.each(byKind(Object.keys(TARGETS) as Target[]))("a $target app by $kind", async ({ kind, target }) => {
    const input = { connectedAppId: TARGETS[target] };
    const result = await calling(kind, () => outcome(gateway, callers[kind], "requestApp", input, "appRequest { id }"));
    expect(result).toEqual(expected(kind, target));
  });
});

describe("withdrawAppRequest, for whoever asked", () => {
  function expected(kind: CallerKind, target: RequestTarget): Expected {
    if (REFUSED[kind]) return [REFUSED[kind], []];
    if (!isMember(kind)) return ["FORBIDDEN", []];
    return kind === "plain Member" && target === "own" ? ["done", [AUTHENTICATE]] : ["NOT_FOUND appRequestId", []];
  }
  test.each(byKind(REQUEST_TARGETS))("$target by $kind", async ({ kind, target }) => {
    const input = { appRequestId: requests[target] };
    const result = await calling(kind, () =>
      outcome(gateway, callers[kind], "withdrawAppRequest", input, "appRequest { id }"),
    );
    expect(result).toEqual(expected(kind, target));
    if (result[0] === "done") requests.own = await open(callers["plain Member"], PAYROLL_BRIDGE);
  });
});

describe.each(["DECLINE", "APPROVE"])("decideAppRequest: %s, for admins and operators", (decision) => {
  function expected(kind: CallerKind, target: RequestTarget): Expected {
    if (REFUSED[kind]) return [REFUSED[kind], []];
    if (!isMember(kind) && !allows(kind, "manage:authorizations")) return ["FORBIDDEN", []];
    if (target === "malformed") return ["NOT_FOUND appRequestId", []];
    const role = isMember(kind) ? [AUTHENTICATE] : [];
    if (isMember(kind) && kind !== "organization admin") return ["FORBIDDEN", role];
    if (target === "unknown" || (isMember(kind) && target === "another tenant's"))
      return ["NOT_FOUND appRequestId", role];
    const policy = decision === "DECLINE" ? [] : [isMember(kind) ? AUTHENTICATE : GET_ORGANIZATION, UPDATE];
    return ["done", [...role, ...policy].toSorted()];
  }
  test.each(byKind(REQUEST_TARGETS))("$target by $kind", async ({ kind, target }) => {
    const input = { appRequestId: requests[target], decision };
    const result = await calling(kind, () =>
      outcome(gateway, callers[kind], "decideAppRequest", input, "appRequest { id }"),
    );
    expect(result).toEqual(expected(kind, target));
    if (result[0] !== "done") return;
    restrict("northwind");
    restrict("harbor-accounting");
    const asker = {
      own: callers["plain Member"],
      "a colleague's": await bearerOf(gateway, memberIdOf("northwind", 6)),
    };
    const headers =
      target === "own" || target === "a colleague's"
        ? asker[target]
        : await bearerOf(gateway, memberIdOf("harbor-accounting", 6));
    requests[target] = await open(headers, target === "a colleague's" ? TALLY : PAYROLL_BRIDGE);
  });
});
