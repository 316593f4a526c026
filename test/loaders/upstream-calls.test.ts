import { memberIdOf } from "stytch-emulator";
import { startTestGateway, type TestGateway } from "../support/gateway";
import { type Answer, codeOf, post } from "../support/post";

const ORGANIZATION = "/v1/b2b/organizations/:organization_id";
const AUTHENTICATE = "POST /v1/b2b/sessions/authenticate";
const SEARCH_MEMBERS = "POST /v1/b2b/organizations/members/search";
const GET_ORGANIZATION = `GET ${ORGANIZATION}`;
const ORGANIZATION_APPS = `GET ${ORGANIZATION}/connected_apps`;
const ORGANIZATION_APP = `GET ${ORGANIZATION}/connected_apps/:connected_app_id`;
const MEMBER_APPS = `GET ${ORGANIZATION}/members/:member_id/connected_apps`;
const SEARCH_CLIENTS = "POST /v1/connected_apps/clients/search";

/** Apps that every Organization uses. */
const K = 3;
const SLUG = "customer-0001";

let gateway: TestGateway;
let organizationIds: string[];
let appIds: string[];
let headers: Record<"service" | "admin" | "directory" | "plain", Record<string, string>>;

beforeAll(async () => {
  const seed = { organizations: 4, members: 240, apps: K, authorizationsPerMember: 2 };
  gateway = await startTestGateway({ emulator: { seed } });
  const { emulator } = gateway;
  organizationIds = [...emulator.state.organizations.values()].map(({ organization_id }) => organization_id).slice(1);
  appIds = [...emulator.state.clients.values()].map(({ client_id }) => client_id);
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  const member = async (index: number) =>
    bearer((await emulator.mintSession({ memberId: memberIdOf(SLUG, index) })).session_jwt);
  headers = {
    service: bearer(await emulator.mintM2mToken()),
    admin: await member(0),
    directory: await member(2),
    plain: await member(5),
  };
});
afterAll(() => gateway.stop());

/** The answer, and how often each upstream route was called for it. */
async function ask<T = Record<string, unknown>>(
  as: keyof typeof headers,
  query: string,
  variables: Record<string, unknown> = {},
) {
  gateway.calls();
  const answer = await post<T>(gateway.url, headers[as], query, variables);
  const calls: Record<string, number> = {};
  for (const route of gateway.calls()) calls[route] = (calls[route] ?? 0) + 1;
  const total = Object.values(calls).reduce((sum, count) => sum + count, 0);
  expect(answer.extensions.cost).toMatchObject({ upstreamCalls: total });
  return { answer, calls };
}

const expectAnswered = ({ errors }: Pick<Answer, "errors">) => expect(errors).toEqual([]);
const organizationId = () => organizationIds[0] ?? "";
const NODES = "query ($ids: [ID!]!) { nodes(ids: $ids)";

test("50 Members with their Organization: 1 search, no Organization call", async () => {
  const ids = Array.from({ length: 50 }, (_, index) => memberIdOf(SLUG, index));
  const { answer, calls } = await ask("admin", `${NODES} { ... on Member { name organization { name } } } }`, { ids });
  expectAnswered(answer);
  expect(answer.data?.nodes).toHaveLength(50);
  expect(calls).toEqual({ [SEARCH_MEMBERS]: 1 });
});

test("an Organization with a page of 50 Members, and theirs: 1 search, no Organization call", async () => {
  const query = "{ organization { members(first: 50) { nodes { name organization { name } } } } }";
  const { answer, calls } = await ask("admin", query);
  expectAnswered(answer);
  expect(calls).toEqual({ [SEARCH_MEMBERS]: 1 });
});

test.each([
  [1, { [GET_ORGANIZATION]: 1 }],
  [2, { "POST /v1/b2b/organizations/search": 1 }],
  [4, { "POST /v1/b2b/organizations/search": 1 }],
])("%i Organizations by id: one call", async (count, expected) => {
  const ids = organizationIds.slice(0, count);
  const { answer, calls } = await ask("service", `${NODES} { id ... on Organization { name } } }`, { ids });
  expectAnswered(answer);
  expect(calls).toEqual(expected);
});

test("an Organization asked for by id, slug and external id: one call per name", async () => {
  const query = `query ($id: ID!) { a: organization(id: $id) { id } b: organization(id: $id) { name }
    c: organization(id: "${SLUG}") { id } d: organization(id: "crm-20001") { id } }`;
  const { answer, calls } = await ask("service", query, { id: organizationId() });
  expectAnswered(answer);
  expect(calls).toEqual({ [GET_ORGANIZATION]: 3 });
});

test("first pages of several Organizations' Members: 1 search for all", async () => {
  const query = `${NODES} { ... on Organization { members(first: 5) { totalCount nodes { id } } } } }`;
  const { answer, calls } = await ask("service", query, { ids: organizationIds });
  expectAnswered(answer);
  expect(calls).toEqual({ "POST /v1/b2b/organizations/search": 1, [SEARCH_MEMBERS]: 1 });
});

describe("client registrations", () => {
  test("of a page of apps: 1 search", async () => {
    const { answer, calls } = await ask("service", "{ connectedApps { nodes { registration { status } } } }");
    expectAnswered(answer);
    expect(calls).toEqual({ [SEARCH_CLIENTS]: 1 });
  });

  test.each([
    [1, { "GET /v1/connected_apps/clients/:client_id": 1 }],
    [2, { [SEARCH_CLIENTS]: 1 }],
    [K, { [SEARCH_CLIENTS]: 1 }],
  ])("of %i apps by id: one call", async (count, expected) => {
    const query = `${NODES} { ... on ConnectedApp { registration { creationMethod } } } }`;
    const { answer, calls } = await ask("service", query, { ids: appIds.slice(0, count) });
    expectAnswered(answer);
    expect(calls).toEqual(expected);
  });

  test("of an Organization's apps: 1 search besides the list", async () => {
    const query = "query ($id: ID!) { organization(id: $id) { connectedApps { registration { status } } } }";
    const { answer, calls } = await ask("service", query, { id: organizationId() });
    expectAnswered(answer);
    expect(calls).toEqual({ [GET_ORGANIZATION]: 1, [ORGANIZATION_APPS]: 1, [SEARCH_CLIENTS]: 1 });
  });
});

test("an Organization's apps: 1 call besides the Organization itself", async () => {
  const query = "query ($id: ID!) { organization(id: $id) { connectedApps { name clientType } } }";
  const { answer, calls } = await ask("service", query, { id: organizationId() });
  expectAnswered(answer);
  expect(calls).toEqual({ [GET_ORGANIZATION]: 1, [ORGANIZATION_APPS]: 1 });
});

describe("authorizations of M Members", () => {
  const QUERY = `query ($id: ID!, $first: Int!) { organization(id: $id) { members(first: $first) { nodes {
    authorizations { scopes connectedApp { name } organization { name } member { name } } } } } }`;
  const READ = { [SEARCH_MEMBERS]: 1 };

  test.each([
    ["one list", 1, { [MEMBER_APPS]: 1 }],
    ["two lists", 2, { [MEMBER_APPS]: 2 }],
    [
      "no more apps than Members: the list of apps, then one list per Member",
      3,
      { [ORGANIZATION_APPS]: 1, [MEMBER_APPS]: 3 },
    ],
    ["the list of apps and one call per app", 4, { [ORGANIZATION_APPS]: 1, [ORGANIZATION_APP]: K }],
    ["the list of apps and one call per app", 50, { [ORGANIZATION_APPS]: 1, [ORGANIZATION_APP]: K }],
  ])("%s for M = %i, names included", async (_, first, expected) => {
    const { answer, calls } = await ask("service", QUERY, { id: organizationId(), first });
    expectAnswered(answer);
    expect(calls).toEqual({ ...READ, ...expected });
    const planned = Object.values(calls).reduce((sum, count) => sum + count, 0) - 1;
    expect(planned).toBeLessThanOrEqual(Math.min(first, 1 + K) + 1);
  });

  test("both ways answer the same", async () => {
    const together = (await ask("service", QUERY, { id: organizationId(), first: 50 })).answer;
    const query = `query ($id: ID!, $first: Int!, $after: String) { organization(id: $id) {
      members(first: $first, after: $after) { pageInfo { endCursor } nodes {
        authorizations { scopes connectedApp { name } organization { name } member { name } } } } } }`;
    type Page = { organization: { members: { pageInfo: { endCursor: string }; nodes: unknown[] } } };
    const alone: unknown[] = [];
    let after: string | null = null;
    for (let pages = 0; pages < 25; pages++) {
      const variables: Record<string, unknown> = { id: organizationId(), first: 2, after };
      const page: Page | null = (await ask<Page>("service", query, variables)).answer.data;
      alone.push(...(page?.organization.members.nodes ?? []));
      after = page?.organization.members.pageInfo.endCursor ?? null;
    }
    expect(together.data).toEqual({ organization: { members: { nodes: alone } } });
  });

  test("an admin's right to read them is asked for once", async () => {
    const query = "{ organization { members(first: 50) { nodes { authorizations { scopes } } } } }";
    const { answer, calls } = await ask("admin", query);
    expectAnswered(answer);
    expect(calls).toEqual({
      [AUTHENTICATE]: 1,
      [SEARCH_MEMBERS]: 1,
      [ORGANIZATION_APPS]: 1,
      [ORGANIZATION_APP]: K,
    });
  });

  test("a Member who may list Members but not their apps: no call per Member", async () => {
    const query = "{ organization { members(first: 50) { nodes { id authorizations { scopes } } } } }";
    const { answer, calls } = await ask("directory", query);
    expect(codeOf(answer)).toBe("FORBIDDEN");
    expect(calls).toEqual({ [AUTHENTICATE]: 1, [SEARCH_MEMBERS]: 1, [ORGANIZATION_APPS]: 1, [MEMBER_APPS]: 1 });
  });
});

test("an Organization's authorizations: 1 + K calls; the Members' names: 1 search", async () => {
  const query = `query ($id: ID!) { organization(id: $id) {
    authorizations { connectedApp { name } organization { name } member { name } } } }`;
  const { answer, calls } = await ask("service", query, { id: organizationId() });
  expectAnswered(answer);
  expect(calls).toEqual({ [GET_ORGANIZATION]: 1, [ORGANIZATION_APPS]: 1, [ORGANIZATION_APP]: K, [SEARCH_MEMBERS]: 1 });
});

test("an app's authorizations with names: the app once, the right once, the Members once", async () => {
  const query = `query ($id: ID!) { connectedApp(id: $id) {
    name authorizations { scopes connectedApp { name } organization { name } member { name } } } }`;
  const { answer, calls } = await ask("admin", query, { id: appIds[0] });
  expectAnswered(answer);
  expect(calls).toEqual({ [AUTHENTICATE]: 1, [ORGANIZATION_APP]: 1, [SEARCH_MEMBERS]: 1 });
});

describe("a Member without rights", () => {
  test("reads itself with one call, its authorizations with one more", async () => {
    const query = "{ viewer { member { name organization { name } authorizations { connectedApp { name } } } } }";
    const { answer, calls } = await ask("plain", query);
    expectAnswered(answer);
    expect(calls).toEqual({ [AUTHENTICATE]: 1, [MEMBER_APPS]: 1 });
  });

  test("is refused others by Stytch, with one call", async () => {
    const ids = [memberIdOf(SLUG, 0), memberIdOf(SLUG, 1)];
    const { answer, calls } = await ask("plain", `${NODES} { id } }`, { ids });
    expect(codeOf(answer)).toBe("FORBIDDEN");
    expect(calls).toEqual({ [SEARCH_MEMBERS]: 1 });
  });
});

test("what was asked for twice is read once", async () => {
  const query = `query ($id: ID!) { a: node(id: $id) { id } b: connectedApp(id: $id) { name }
    c: nodes(ids: [$id]) { id } }`;
  const { answer, calls } = await ask("service", query, { id: appIds[0] });
  expectAnswered(answer);
  expect(calls).toEqual({ "GET /v1/connected_apps/clients/:client_id": 1 });
});
