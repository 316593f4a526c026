import { memberIdOf } from "stytch-emulator";
import { type CallerKind, callersOf } from "../support/callers";
import { startTestGateway, type TestGateway } from "../support/gateway";
import { type Answer, post } from "../support/post";

const AUTHENTICATE = "POST /v1/b2b/sessions/authenticate";
const CLIENT = "/v1/connected_apps/clients/:client_id";
const ORGANIZATION = "/v1/b2b/organizations/:organization_id";
const REVOKE = `POST ${ORGANIZATION}/members/:member_id/connected_apps/:connected_app_id/revoke`;
const UPDATE_ORGANIZATION = `PUT ${ORGANIZATION}`;

const SCRATCH = "connected-app-test-scratch";
const UNKNOWN_APP = "connected-app-test-00000000-0000-4000-8000-000000000000";
const UNKNOWN_MEMBER = "member-test-00000000-0000-4000-8000-000000000000";
const UNKNOWN_ORGANIZATION = "organization-test-00000000-0000-4000-8000-000000000000";

/** What came back: `done`, a user error with its field, or a top-level code. */
type Outcome = string;
type Expected = [outcome: Outcome, calls: string[]];

/** In which order an operator is confirmed depends on what ran before. */
const sorted = ([outcome, calls]: Expected): Expected => [outcome, calls.toSorted()];

let gateway: TestGateway;
let callers: Awaited<ReturnType<typeof callersOf>>;
let ids: { northwind: string; harbor: string; app: string };
beforeAll(async () => {
  gateway = await startTestGateway();
  callers = await callersOf(gateway);
  const { organizations } = gateway.emulator.state;
  ids = {
    northwind: organizations.findBySlug("northwind")?.organization_id ?? "",
    harbor: organizations.findBySlug("harbor-accounting")?.organization_id ?? "",
    app: gateway.emulator.seeded.demoApp.clientId,
  };
});
afterAll(() => gateway.stop());

function outcomeOf({ data, errors }: Answer, mutation: string): Outcome {
  const code = errors[0]?.extensions.code;
  if (code !== undefined) return String(code);
  const payload = data?.[mutation] as { userErrors: { code: string; field: string[] | null }[]; done?: string };
  const [first] = payload.userErrors;
  if (first) return `${first.code} ${first.field?.join(".")}`;
  return payload.done === undefined ? "nothing" : "done";
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

/** Refused before the mutation looks at its target, so nothing is sent. */
const ALWAYS_REFUSED: Partial<Record<CallerKind, Outcome>> = {
  nobody: "UNAUTHENTICATED",
  "service read:marketplace": "FORBIDDEN",
  "a Connected App": "UNAUTHENTICATED",
  "two identities": "BAD_USER_INPUT",
};

async function run(
  kind: CallerKind,
  mutation: string,
  input: Record<string, unknown>,
  done: string,
): Promise<Expected> {
  const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`;
  const query = `mutation ($input: ${type}!) {
    ${mutation}(input: $input) { done: ${done} userErrors { code field message } }
  }`;
  gateway.calls();
  const answer = await post(gateway.url, callers[kind], query, { input });
  return sorted([outcomeOf(answer, mutation), gateway.calls()]);
}

describe("client mutations, for operators only", () => {
  const TABLE = {
    createClient: ["POST /v1/connected_apps/clients", "connectedApp { id }"],
    updateClient: [`PUT ${CLIENT}`, "connectedApp { id }"],
    deleteClient: [`DELETE ${CLIENT}`, "deletedClientId"],
    rotateSecret: [`POST ${CLIENT}/secrets/rotate/start`, "connectedApp { id }"],
    completeSecretRotation: [`POST ${CLIENT}/secrets/rotate`, "connectedApp { id }"],
    cancelSecretRotation: [`POST ${CLIENT}/secrets/rotate/cancel`, "connectedApp { id }"],
  } as const;
  type ClientMutation = keyof typeof TABLE;

  const cases = (Object.keys(TABLE) as ClientMutation[]).flatMap((mutation) =>
    KINDS.flatMap((kind) =>
      (mutation === "createClient" ? ["new"] : ["known", "unknown"]).map((target) => ({ mutation, kind, target })),
    ),
  );

  function expected(mutation: ClientMutation, kind: CallerKind, target: string): Expected {
    const [route] = TABLE[mutation];
    const outcome = target === "unknown" ? "NOT_FOUND clientId" : "done";
    switch (kind) {
      case "operator person":
        // These endpoints know no session, so Stytch is asked first whether this one still lives.
        return [outcome, [AUTHENTICATE, route]];
      case "service manage:clients":
      case "service with every scope":
        return [outcome, [route]];
      default:
        return [ALWAYS_REFUSED[kind] ?? "FORBIDDEN", []];
    }
  }

  test.each(cases)("$mutation of a $target app by $kind", async ({ mutation, kind, target }) => {
    const { state, seeded } = gateway.emulator;
    const demo = state.requireClient(seeded.demoApp.clientId);
    const isRotating = mutation === "completeSecretRotation" || mutation === "cancelSecretRotation";
    const secret = demo.secret && { ...demo.secret, ...(isRotating && { next: demo.secret.current }) };
    state.clients.set(SCRATCH, { ...demo, client_id: SCRATCH, secret });
    const input =
      mutation === "createClient"
        ? { clientType: "THIRD_PARTY", name: "New" }
        : { clientId: target === "known" ? SCRATCH : UNKNOWN_APP };
    expect(await run(kind, mutation, input, TABLE[mutation][1])).toEqual(sorted(expected(mutation, kind, target)));
  });
});

describe("revokeMemberApp, for the Member, managers of its Organization and operators", () => {
  const TARGETS = [
    "a colleague",
    "another tenant's Member",
    "another tenant's Member by its id alone",
    "an unknown Member",
  ] as const;
  type Target = (typeof TARGETS)[number];
  const cases = KINDS.flatMap((kind) => TARGETS.map((target) => ({ kind, target })));

  const isOperator = (kind: CallerKind) => kind.startsWith("service") || kind === "operator person";

  function inputFor(kind: CallerKind, target: Target) {
    const colleague = memberIdOf("northwind", 6);
    const stranger = memberIdOf("harbor-accounting", 6);
    const own = isOperator(kind) ? { organizationId: ids.northwind } : {};
    switch (target) {
      case "a colleague":
        return { memberId: colleague, ...own };
      case "another tenant's Member":
        return { memberId: stranger, organizationId: ids.harbor };
      case "another tenant's Member by its id alone":
        return { memberId: stranger };
      case "an unknown Member":
        return { memberId: UNKNOWN_MEMBER, ...own };
    }
  }

  function expected(kind: CallerKind, target: Target): Expected {
    switch (kind) {
      case "operator person":
      case "service manage:authorizations":
      case "service with every scope": {
        if (target === "another tenant's Member by its id alone") return ["INVALID organizationId", []];
        const confirmed = kind === "operator person" ? [AUTHENTICATE] : [];
        return [target === "an unknown Member" ? "NOT_FOUND memberId" : "done", [...confirmed, REVOKE]];
      }
      case "organization admin":
      case "app manager":
        if (target === "a colleague") return ["done", [REVOKE]];
        if (target === "another tenant's Member") return ["NOT_FOUND organizationId", []];
        return ["NOT_FOUND memberId", [REVOKE]];
      case "plain Member":
        // Stytch refuses before it looks: another tenant's Member, an unknown one and a colleague look the same.
        if (target === "another tenant's Member") return ["NOT_FOUND organizationId", []];
        return ["FORBIDDEN", [REVOKE]];
      default:
        return [ALWAYS_REFUSED[kind] ?? "FORBIDDEN", []];
    }
  }

  function grant(slug: string, memberId: string): void {
    const { state } = gateway.emulator;
    const organization_id = state.organizations.findBySlug(slug)?.organization_id ?? "";
    state.grants.record({ organization_id, member_id: memberId, client_id: ids.app, scopes: ["openid"] });
  }

  test.each(cases)("$target by $kind", async ({ kind, target }) => {
    grant("northwind", memberIdOf("northwind", 6));
    grant("harbor-accounting", memberIdOf("harbor-accounting", 6));
    const input = { connectedAppId: ids.app, ...inputFor(kind, target) };
    expect(await run(kind, "revokeMemberApp", input, "revokedConnectedAppId")).toEqual(sorted(expected(kind, target)));
  });

  test.each(["northwind", "crm-1001"])(
    "a service names the Organization %s, and reads nothing by that",
    async (name) => {
      const [memberId, organizationId] = [memberIdOf("northwind", 6), name];
      const named = { organizationId, connectedAppId: ids.app };
      const mutations = {
        revokeMemberApp: [{ ...named, memberId }, "revokedConnectedAppId"],
        revokeApp: [named, "revokedCount"],
        revokeMemberApps: [{ memberId, organizationId }, "revokedCount"],
      } as const;
      for (const [mutation, [input, done]] of Object.entries(mutations)) {
        grant("northwind", memberId);
        const [outcome, calls] = await run("service manage:authorizations", mutation, input, done);
        expect([mutation, outcome, calls]).toEqual([mutation, "done", expect.arrayContaining([REVOKE])]);
        const elsewhere = { ...input, organizationId: "nowhere" };
        const refused = await run("service manage:authorizations", mutation, elsewhere, done);
        expect([mutation, ...refused]).toEqual([mutation, "NOT_FOUND organizationId", [`GET ${ORGANIZATION}`]]);
      }
    },
  );

  test("a name is looked up for nobody who may neither read nor revoke", async () => {
    const query = `mutation ($input: CreateClientInput!) { createClient(input: $input) { connectedApp {
      known: memberCount(organizationId: "northwind") unknown: memberCount(organizationId: "nowhere") } } }`;
    const input = { clientType: "THIRD_PARTY", name: "Curious" };
    gateway.calls();
    const { errors } = await post(gateway.url, callers["service manage:clients"], query, { input });
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(["FORBIDDEN", "FORBIDDEN"]);
    expect(gateway.calls()).toEqual(["POST /v1/connected_apps/clients"]);
  });

  test.each(["plain Member", "app manager", "organization admin"] as const)("their own by a %s", async (kind) => {
    const { adminId, memberId } = gateway.emulator.seeded.people;
    const self = { "plain Member": memberId, "app manager": memberIdOf("northwind", 1), "organization admin": adminId };
    grant("northwind", self[kind]);
    const input = { connectedAppId: ids.app, memberId: self[kind] };
    expect(await run(kind, "revokeMemberApp", input, "revokedConnectedAppId")).toEqual(["done", [REVOKE]]);
    expect(await run(kind, "revokeMemberApp", input, "revokedConnectedAppId")).toEqual([
      "NOT_FOUND connectedAppId",
      [REVOKE],
    ]);
  });
});

describe("updateConnectedAppPolicy, for admins of the Organization and operators", () => {
  const TARGETS = ["own", "another tenant's", "another tenant's by slug", "another tenant's by external id", "unknown"];
  const cases = KINDS.flatMap((kind) => TARGETS.map((target) => ({ kind, target })));
  const GET = `GET ${ORGANIZATION}`;

  function organizationId(target: string): string {
    const named: Record<string, string> = {
      own: ids.northwind,
      "another tenant's": ids.harbor,
      "another tenant's by slug": "harbor-accounting",
      "another tenant's by external id": "crm-1002",
    };
    return named[target] ?? UNKNOWN_ORGANIZATION;
  }

  function expected(kind: CallerKind, target: string): Expected {
    const notFound = "NOT_FOUND organizationId";
    const byAlias = target.includes(" by ");
    switch (kind) {
      case "operator person":
      case "service with every scope": {
        const confirmed = kind === "operator person" ? [AUTHENTICATE] : [];
        // The rules as they were are read for the audit log; looking an alias up reads them too.
        return target === "unknown" ? [notFound, [GET]] : ["done", [GET, ...confirmed, UPDATE_ORGANIZATION]];
      }
      case "service manage:authorizations":
        // A name is looked up for its id alone: this scope reads nothing, so nothing of it is kept.
        if (byAlias) return ["done", [GET, GET, UPDATE_ORGANIZATION]];
        return target === "unknown" ? [notFound, [GET]] : ["done", [GET, UPDATE_ORGANIZATION]];
      case "organization admin":
        return target === "own"
          ? ["done", [AUTHENTICATE, UPDATE_ORGANIZATION]]
          : [notFound, target.includes(" by ") ? [AUTHENTICATE] : []];
      case "app manager":
      case "plain Member":
        if (target === "own") return ["FORBIDDEN", [AUTHENTICATE]];
        // Only names have to be looked up to be known as not its own.
        return [notFound, byAlias ? [AUTHENTICATE] : []];
      default:
        return [ALWAYS_REFUSED[kind] ?? "FORBIDDEN", []];
    }
  }

  test.each(cases)("$target Organization by $kind", async ({ kind, target }) => {
    const input = { organizationId: organizationId(target), firstParty: { mode: "ALL_ALLOWED" } };
    expect(await run(kind, "updateConnectedAppPolicy", input, "organization { id }")).toEqual(
      sorted(expected(kind, target)),
    );
  });
});
