import fc from "fast-check";
import { memberIdOf } from "stytch-emulator";
import { startTestGateway, type TestGateway } from "../support/gateway";
import { type Answer, post } from "../support/post";
import { randomQuery, type Vocabulary } from "../support/random-query";

const A = "northwind";
const B = "harbor-accounting";
const ONLY_IN_B = "connected-app-test-only-in-b";
const RUNS = 120;

let gateway: TestGateway;
let words: Vocabulary;
let markers: string[];

beforeAll(async () => {
  gateway = await startTestGateway();
  const { state, seeded } = gateway.emulator;
  const [a, b] = [A, B].map((slug) => {
    const organization = state.organizations.findBySlug(slug);
    if (!organization) throw new Error(`${slug} is not seeded.`);
    return { organization, members: [...state.members.ofOrganization(organization.organization_id)] };
  });
  if (!a || !b) throw new Error("Two Organizations are needed.");
  const app = state.requireClient(seeded.demoApp.clientId);
  state.clients.set(ONLY_IN_B, { ...app, client_id: ONLY_IN_B, client_name: "Known to B alone" });
  const member_id = memberIdOf(B, 4);
  const { organization_id } = b.organization;
  state.grants.record({ organization_id, member_id, client_id: ONLY_IN_B, scopes: ["openid"] });

  const idsOf = ({ organization, members }: typeof a) => ({
    organizations: [
      organization.organization_id,
      organization.organization_slug,
      organization.organization_external_id,
    ],
    members: members.slice(0, 8).flatMap((member) => [member.member_id, member.external_id]),
    authorizations: members
      .slice(3, 8)
      .flatMap((member) =>
        [app.client_id, ONLY_IN_B].map(
          (id) => `authorization:${organization.organization_id}:${member.member_id}:${id}`,
        ),
      ),
  });
  const [ofA, ofB] = [idsOf(a), idsOf(b)];
  const isText = (value: string | null | undefined) => typeof value === "string";
  words = {
    organizations: [...ofA.organizations, ...ofB.organizations].filter(isText),
    members: [...ofA.members, ...ofB.members].filter(isText),
    apps: [app.client_id, ONLY_IN_B, "connected-app-test-unknown"],
    authorizations: [
      ...ofA.authorizations,
      ...ofB.authorizations,
      // Parts of both tenants in one id.
      `authorization:${a.organization.organization_id}:${member_id}:${ONLY_IN_B}`,
      `authorization:${organization_id}:${a.members[3]?.member_id}:${app.client_id}`,
    ],
  };

  const namesOfA = new Set(a.members.map(({ name }) => name));
  markers = [
    organization_id,
    b.organization.organization_name,
    b.organization.organization_slug,
    b.organization.organization_external_id,
    ONLY_IN_B,
    "Known to B alone",
    ...b.members.flatMap((member) => [member.member_id, member.email_address, member.external_id]),
    ...b.members.map(({ name }) => name).filter((name) => !namesOfA.has(name)),
  ].filter(isText);
});
afterAll(() => gateway.stop());

const leaked = ({ text }: Answer) => markers.filter((marker) => text.includes(marker));

async function askAs(memberId: string): Promise<(query: string) => Promise<Answer>> {
  const { session_jwt } = await gateway.emulator.mintSession({ memberId });
  return async (query) => {
    const answer = await post(gateway.url, { authorization: `Bearer ${session_jwt}` }, query);
    // A query that does not validate would prove nothing.
    expect(answer.status).toBe(200);
    return answer;
  };
}

test.each([
  ["plain Member", memberIdOf(A, 5)],
  ["app manager", memberIdOf(A, 1)],
  ["organization admin", memberIdOf(A, 0)],
])("no query of a %s shows anything of another tenant", async (_, memberId) => {
  const ask = await askAs(memberId);
  let answered = 0;
  await fc.assert(
    fc.asyncProperty(randomQuery(words), async (query) => {
      const answer = await ask(query);
      if (answer.text.includes(A)) answered += 1;
      expect(leaked(answer)).toEqual([]);
    }),
    { numRuns: RUNS },
  );
  // The queries do reach data: about half of them show the asker's own tenant.
  expect(answered).toBeGreaterThan(RUNS / 10);
});

test("the same queries do show the other tenant to an operator, so the property can fail", async () => {
  const ask = await askAs(gateway.emulator.seeded.people.operatorId);
  let shown = 0;
  await fc.assert(
    fc.asyncProperty(randomQuery(words), async (query) => {
      if (leaked(await ask(query)).length > 0) shown += 1;
    }),
    { numRuns: RUNS / 2 },
  );
  expect(shown).toBeGreaterThan(RUNS / 10);
});
