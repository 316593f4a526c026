import fc from "fast-check";
import { memberIdOf, seededId } from "stytch-emulator";
import { startTestGateway, type TestGateway } from "../support/gateway";
import { codeOf, post } from "../support/post";

const SIZE = { organizations: 1, members: 103, apps: 60, authorizationsPerMember: 60 };
const SLUG = "customer-0001";
const organizationId = seededId("organization", SLUG);

let gateway: TestGateway;
let service: Record<string, string>;
let member: Record<string, string>;
beforeAll(async () => {
  gateway = await startTestGateway({ emulator: { seed: SIZE } });
  service = { authorization: `Bearer ${await gateway.emulator.mintM2mToken()}` };
  const { session_jwt } = await gateway.emulator.mintSession({ memberId: memberIdOf(SLUG, 5) });
  member = { authorization: `Bearer ${session_jwt}` };
});
afterAll(() => gateway.stop());
beforeEach(() => gateway.calls());

const MEMBERS = (inner: string) => `members(first: 100) { nodes { name ${inner} } }`;
const ORGANIZATION = (inner: string) => `{ organization(id: "${organizationId}") { ${inner} } }`;

test.each([
  ["100 x 100 x 100 Members", ORGANIZATION(MEMBERS(`organization { ${MEMBERS(`organization { ${MEMBERS("")} }`)} }`))],
  [
    "by edges",
    ORGANIZATION(
      "members(first: 100) { edges { node { organization { members(first: 100) { edges { node { organization { members(first: 100) { edges { node { status } } } } } } } } } } }",
    ),
  ],
  [
    "through an interface",
    `{ node(id: "${organizationId}") { ... on Organization { ${MEMBERS(`organization { ${MEMBERS(`organization { ${MEMBERS("")} }`)} }`)} } } }`,
  ],
  [
    "in a fragment that is spread twice",
    `query { nodes(ids: ["${organizationId}"]) { ...A } } fragment A on Organization { a: ${MEMBERS("organization { ...B }")} b: ${MEMBERS("organization { ...B }")} } fragment B on Organization { ${MEMBERS("organization { ...C }")} } fragment C on Organization { ${MEMBERS("")} }`,
  ],
])("an answer with too many objects is refused with the numbers: %s", async (_, query) => {
  const answer = await post(gateway.url, service, query);
  expect(codeOf(answer)).toBe("COST_LIMIT_EXCEEDED");
  expect(answer.errors).toHaveLength(1);
  expect(answer.errors[0]?.extensions).toMatchObject({ limit: 100_000, field: "Organization.members" });
  expect(answer.errors[0]?.extensions.objects).toBeLessThan(110_000);
  expect(answer.data).toBeNull();
  expect(answer.extensions.cost?.objects).toBe(0);
});

test("a Member without a role is held to the same bound", async () => {
  const query =
    "{ viewer { member { authorizations { member { authorizations { organization { connectedApps { id } } } } } } } }";
  const answer = await post(gateway.url, member, query);
  expect(codeOf(answer)).toBe("COST_LIMIT_EXCEEDED");
  expect(answer.errors[0]?.extensions).toMatchObject({ field: "Organization.connectedApps" });
});

test("an answer below the bound is complete, and says how many objects it has", async () => {
  const answer = await post<{
    organization: { members: { nodes: { organization: { members: { nodes: unknown[] } } }[] } };
  }>(gateway.url, service, ORGANIZATION(MEMBERS(`organization { ${MEMBERS("")} }`)));
  const pages = answer.data?.organization.members.nodes.map(({ organization }) => organization.members.nodes.length);
  expect(pages).toEqual(Array.from({ length: 100 }, () => 100));
  // Organization, connection, then of each Member itself, its Organization, a connection and 100 Members.
  expect(answer.extensions.cost?.objects).toBe(2 + 100 * (1 + 1 + 1 + 100));
});

test("bytes are bounded too, before they are written", async () => {
  const { state } = gateway.emulator;
  const [client] = state.clients.values();
  if (!client) throw new Error("There is no app.");
  const description = client.client_description;
  client.client_description = "x".repeat(5000);
  const answer = await post(
    gateway.url,
    service,
    ORGANIZATION(
      `members(first: 100) { nodes { ${Array.from({ length: 25 }, (_, i) => `a${i}: authorizations { connectedApp { description } }`).join(" ")} } }`,
    ),
  );
  client.client_description = description;
  expect(codeOf(answer)).toBe("COST_LIMIT_EXCEEDED");
});

/** One field by many names. */
const aliases = (count: number, field: string) => Array.from({ length: count }, (_, i) => `a${i}: ${field}`).join(" ");

test("lists of plain values are counted before they are answered: a Member without a role, 10 million ids", async () => {
  const organization = gateway.emulator.state.organizations.findBySlug(SLUG);
  if (!organization) throw new Error("There is no such Organization.");
  const before = organization.allowed_third_party_connected_apps;
  organization.allowed_third_party_connected_apps = Array.from({ length: 1000 }, (_, i) => `connected-app-test-${i}`);
  const policy = (inner: string) => `connectedAppPolicy { thirdParty { ${inner} } }`;
  const answer = await post(
    gateway.url,
    member,
    `{ viewer { member { authorizations { member { authorizations { organization { ${policy(aliases(28, "allowedAppIds"))} } } } } } } }`,
  );
  const one = await post<{
    viewer: { organization: { connectedAppPolicy: { thirdParty: Record<string, string[]> } } };
  }>(gateway.url, member, `{ viewer { organization { ${policy(aliases(5, "allowedAppIds"))} } } }`);
  organization.allowed_third_party_connected_apps = before;
  expect(codeOf(answer)).toBe("COST_LIMIT_EXCEEDED");
  expect(answer.errors[0]?.extensions).toMatchObject({ field: "Organization.connectedAppPolicy" });
  expect(answer.errors).toHaveLength(1);
  expect(answer.data).toBeNull();
  expect(Object.values(one.data?.viewer.organization.connectedAppPolicy.thirdParty ?? {}).flat()).toHaveLength(5000);
});

test("a long text that is repeated is counted where its object is read", async () => {
  const [client] = gateway.emulator.state.clients.values();
  if (!client) throw new Error("There is no app.");
  const description = client.client_description;
  client.client_description = "x".repeat(5000);
  const answer = await post(
    gateway.url,
    service,
    ORGANIZATION(MEMBERS(`authorizations { connectedApp { ${aliases(25, "description")} } }`)),
  );
  client.client_description = description;
  expect(codeOf(answer)).toBe("COST_LIMIT_EXCEEDED");
  expect(answer.errors[0]?.extensions).toMatchObject({ limit: 8_000_000, field: "Member.authorizations" });
});

test("what a mutation has done is answered even if the rest of the answer is too large", async () => {
  const rotated = await post<{ rotateSecret: { nextClientSecret: string } }>(
    gateway.url,
    service,
    `mutation ($id: ID!) { rotateSecret(input: { clientId: $id }) { nextClientSecret userErrors { code } connectedApp { id
      authorizations(organizationId: "${organizationId}") { organization { ${MEMBERS(`organization { ${MEMBERS("")} }`)} } } } } }`,
    {
      id: [...gateway.emulator.state.clients.values()].find(({ client_type }) => client_type === "third_party")
        ?.client_id,
    },
  );
  expect(rotated).toMatchObject({
    data: { rotateSecret: { nextClientSecret: expect.any(String) } },
    errors: [{ extensions: { code: "COST_LIMIT_EXCEEDED" } }],
  });
});

test("an Organization with more apps than the bound reckons with can be read", async () => {
  const query = ORGANIZATION("connectedApps { name } authorizations { scopes connectedApp { name } member { name } }");
  const answer = await post<{ organization: { connectedApps: unknown[]; authorizations: unknown[] } }>(
    gateway.url,
    service,
    query,
  );
  expect(answer.errors).toEqual([]);
  expect(answer.data?.organization.connectedApps).toHaveLength(60);
  expect(answer.data?.organization.authorizations.length).toBeGreaterThan(5000);
  expect(gateway.calls().length).toBeLessThanOrEqual(answer.extensions.cost?.requested ?? 0);
});

test("so can what each of those apps and their Members select", async () => {
  const query = ORGANIZATION(
    `connectedApps { authorizations(organizationId: "${organizationId}") { member { name } } registration { status } } ${MEMBERS("authorizations { scopes }")}`,
  );
  const answer = await post(gateway.url, service, query);
  expect(answer.errors).toEqual([]);
  expect(gateway.calls().length).toBeLessThanOrEqual(answer.extensions.cost?.requested ?? 0);
});

test("an operation that may answer a lot is named in the log before it runs", async () => {
  gateway.logs.length = 0;
  await post(
    gateway.url,
    member,
    `query Everything { organization { ${MEMBERS(`organization { ${MEMBERS(`organization { ${MEMBERS("")} }`)} }`)} } }`,
  );
  const [first] = gateway.logs.filter(({ msg }) => String(msg).includes("operation"));
  expect(first).toMatchObject({ msg: "large operation", memberId: memberIdOf(SLUG, 5), operationName: "Everything" });
});

test("an Organization with more authorizations than one answer holds: by app, or by Members' pages", async () => {
  const large = await startTestGateway({
    emulator: { seed: { organizations: 1, members: 420, apps: 52, authorizationsPerMember: 52 } },
  });
  const headers = { authorization: `Bearer ${await large.emulator.mintM2mToken()}` };
  const whole = await post(large.url, headers, ORGANIZATION("authorizations { id }"));
  expect(codeOf(whole)).toBe("COST_LIMIT_EXCEEDED");
  expect(whole.errors[0]?.message).toContain("connectedAppId");
  const pages = await post(large.url, headers, ORGANIZATION(MEMBERS("authorizations { scopes }")));
  expect(pages.errors).toEqual([]);
  await large.stop();
});

/** What leads from one object to many, or back: as deep as a text may be. */
const STEPS = {
  organization: ["members", "authorizations", "connectedApps"],
  member: ["organization", "authorizations"],
  authorization: ["organization", "member", "connectedApp"],
  connectedApp: ["authorizations"],
} as const;
const NEXT = {
  members: "member",
  authorizations: "authorization",
  connectedApps: "connectedApp",
  organization: "organization",
  member: "member",
  connectedApp: "connectedApp",
} as const;

const walkFrom = (type: keyof typeof STEPS, depth: number): fc.Arbitrary<string> =>
  depth === 0
    ? fc.constant("__typename id")
    : fc
        .tuple(fc.constantFrom(...STEPS[type]), fc.constantFrom(1, 1, 1, 2, 3), fc.integer({ min: 1, max: 100 }))
        .chain(([step, aliases, first]) =>
          walkFrom(NEXT[step], depth - 1).map((text) =>
            Array.from({ length: aliases }, (_, index) => {
              const given = type === "connectedApp" ? `(organizationId: "${organizationId}")` : "";
              const inner =
                step === "members"
                  ? `(first: ${first}) { edges { cursor } nodes { ${text} } }`
                  : `${given} { ${text} }`;
              return `a${index}: ${step}${inner}`;
            }).join(" "),
          ),
        );

/** Of this process: gateway, emulator and the test's own reading of 8 MB. Unbounded, these walks take minutes. */
const CPU_MS = 30_000;
/** A list of thousands, in each of its own entries: it took 50 s before each list was made once. */
const NAMED_OFTEN = `authorizations { organization { ${["a", "b", "c"].map((name) => `${name}: authorizations { member { authorizations { id } } }`).join(" ")} } }`;

test.each([
  ["a small marketplace", { organizations: 2, members: 12, apps: 3, authorizationsPerMember: 2 }],
  ["many apps", { organizations: 1, members: 30, apps: 120, authorizationsPerMember: 90 }],
  ["many Members", { organizations: 1, members: 300, apps: 10, authorizationsPerMember: 10 }],
])(
  "no walk through %s has an answer beyond the bounds",
  async (_, seed) => {
    // The walks are bounded one by one here; how many a minute may be asked is another test's.
    const market = await startTestGateway({
      emulator: { seed },
      rateLimits: { viewer: 0, organization: 0, address: 0 },
    });
    const headers = { authorization: `Bearer ${await market.emulator.mintM2mToken()}` };
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 7 }).chain((depth) => walkFrom("organization", depth)),
        async (text) => {
          const before = process.cpuUsage();
          const answer = await post(market.url, headers, ORGANIZATION(text));
          const { user, system } = process.cpuUsage(before);
          expect((user + system) / 1000).toBeLessThan(CPU_MS);
          expect(answer.text.length).toBeLessThan(10_000_000);
          // A thousand, and one that says how many more there are.
          expect(answer.errors.length).toBeLessThanOrEqual(1001);
          expect(answer.extensions.cost?.objects).toBeLessThanOrEqual(100_000);
          // Not by the emulator's log: a query that was refused half-way may have calls under way that come in later.
          expect(answer.extensions.cost?.upstreamCalls).toBeLessThanOrEqual(answer.extensions.cost?.requested ?? 0);
          for (const { extensions } of answer.errors) {
            expect(["COST_LIMIT_EXCEEDED", "GRAPHQL_VALIDATION_FAILED", "GRAPHQL_PARSE_FAILED"]).toContain(
              extensions.code,
            );
          }
        },
      ),
      { numRuns: 7, examples: [[NAMED_OFTEN]] },
    );
    await market.stop();
  },
  240_000,
);

test("of more than a thousand errors those nearest the top are shown: what became of each mutation is never left out", async () => {
  const [app] = gateway.emulator.state.clients.values();
  const counts = Array.from({ length: 20 }, (_, i) => `c${i}: memberCount`).join(" ");
  const memberId = memberIdOf(SLUG, 7);
  const { session_jwt } = await gateway.emulator.mintSession({ memberId });
  const answer = await post<{ revoked: { member: { authorizations: unknown[] } }; deleted: null }>(
    gateway.url,
    { authorization: `Bearer ${session_jwt}` },
    `mutation ($id: ID!, $memberId: ID!) {
      revoked: revokeMemberApp(input: { connectedAppId: $id, memberId: $memberId }) { member { authorizations { connectedApp { ${counts} } } } }
      deleted: deleteClient(input: { clientId: $id }) { deletedClientId }
    }`,
    { id: app?.client_id, memberId },
  );
  expect(answer.data?.revoked.member.authorizations).toHaveLength(SIZE.authorizationsPerMember - 1);
  expect(answer.data?.deleted).toBeNull();
  expect(answer.errors).toHaveLength(1001);
  expect(answer.errors[0]).toMatchObject({ path: ["deleted"], extensions: { code: "FORBIDDEN" } });
  const left = 20 * (SIZE.authorizationsPerMember - 1) + 1 - 1000;
  expect(answer.errors.at(-1)?.message).toBe(
    `${left} more fields failed; their errors are left out. Ask for fewer items at once.`,
  );
});

test("pages of the audit log are read one at a time, until their texts are too long for one answer", async () => {
  const admin = await gateway.emulator.mintSession({ memberId: memberIdOf(SLUG, 0) });
  const headers = { authorization: `Bearer ${admin.session_jwt}` };
  const rule = (run: number) => ({
    mode: "RESTRICTED",
    allowedAppIds: Array.from({ length: 1000 }, (_, i) => `connected-app-test-${run}-${`${i}`.padStart(30, "0")}`),
  });
  for (let run = 0; run < 20; run++) {
    const { errors } = await post(
      gateway.url,
      headers,
      "mutation ($input: UpdateConnectedAppPolicyInput!) { updateConnectedAppPolicy(input: $input) { userErrors { code } } }",
      { input: { thirdParty: rule(run) } },
    );
    expect(errors).toEqual([]);
  }
  const pages = (count: number) =>
    Array.from({ length: count }, (_, i) => `a${i}: auditLog(first: ${i + 80}) { nodes { changes { before after } } }`);
  const answer = await post(gateway.url, headers, `{ organization { ${pages(20).join(" ")} } }`);
  expect(codeOf(answer)).toBe("COST_LIMIT_EXCEEDED");
  expect(answer.errors[0]?.extensions).toMatchObject({ limit: 8_000_000, field: "Organization.auditLog" });
  expect(answer.errors[0]?.extensions.bytes).toBeLessThan(8_200_000);
  const one = await post(gateway.url, headers, `{ organization { ${pages(2).join(" ")} } }`);
  expect(one.errors).toEqual([]);
});
