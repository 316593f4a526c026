import { memberIdOf } from "stytch-emulator";
import { startTestGateway, type TestGateway } from "../support/gateway";
import { post } from "../support/post";
import { bearerOf, list, operator } from "./shelf";

const AUTHENTICATE = "POST /v1/b2b/sessions/authenticate";
const OWN_APPS = "GET /v1/b2b/organizations/:organization_id/members/:member_id/connected_apps";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({
    emulator: { seed: { organizations: 2, members: 20, apps: 100, authorizationsPerMember: 5 } },
    rateLimits: { viewer: 0, organization: 0 },
  });
  // One after the other: a hundred at once can wait longer than the ledger lets a write wait on a busy machine.
  for (const { client_id } of gateway.emulator.state.clients.values()) await list(gateway, client_id);
});
afterAll(() => gateway.stop());

const PAGE = `{ marketplace(first: 100) { totalCount nodes {
  id status tagline availability authorization { id scopes } appRequest { id reason member { id } }
  connectedApp { id name clientType logoUrl }
} } }`;

async function ask(headers: Record<string, string>, query: string) {
  gateway.calls();
  const answer = await post<{ marketplace: { nodes: { authorization: object | null }[] } }>(
    gateway.url,
    headers,
    query,
  );
  expect(answer.errors).toEqual([]);
  const calls = gateway.calls().toSorted();
  expect(answer.extensions.cost?.upstreamCalls).toBe(calls.length);
  expect(answer.extensions.cost?.requested).toBeGreaterThanOrEqual(calls.length);
  return { nodes: answer.data?.marketplace?.nodes ?? [], calls };
}

test("a page of 100 listings with everything that is the viewer's own: two calls", async () => {
  const { nodes, calls } = await ask(await bearerOf(gateway, memberIdOf("customer-0001", 5)), PAGE);
  expect(nodes).toHaveLength(100);
  expect(nodes.filter(({ authorization }) => authorization)).toHaveLength(5);
  expect(calls).toEqual([OWN_APPS, AUTHENTICATE]);
});

test("the texts alone: no call", async () => {
  const headers = await bearerOf(gateway, memberIdOf("customer-0001", 5));
  const { nodes, calls } = await ask(
    headers,
    "{ marketplace(first: 100) { nodes { id tagline connectedApp { name } } } }",
  );
  expect(nodes).toHaveLength(100);
  expect(calls).toEqual([]);
});

test("a service has no policy and no authorizations, and causes no call", async () => {
  expect((await ask(await operator(gateway), PAGE)).calls).toEqual([]);
});
