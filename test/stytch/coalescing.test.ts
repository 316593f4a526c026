import { memberIdOf } from "stytch-emulator";
import { startTestGateway, type TestGateway } from "../support/gateway";
import { type Answer, post } from "../support/post";

const SLUG = "northwind";
const AUTHENTICATE = "POST /v1/b2b/sessions/authenticate";
const SEARCH_CLIENTS = "POST /v1/connected_apps/clients/search";
const QUERY = "{ viewer { member { id name } } }";

let gateway: TestGateway;
beforeAll(async () => {
  // Long enough for requests of the same moment to meet.
  gateway = await startTestGateway({ emulator: { latencyMs: 150 } });
});
afterAll(() => gateway.stop());
beforeEach(() => void gateway.calls());

const service = async () => ({ authorization: `Bearer ${await gateway.emulator.mintM2mToken()}` });
const member = async (index: number) => {
  const { session_jwt } = await gateway.emulator.mintSession({ memberId: memberIdOf(SLUG, index) });
  return { authorization: `Bearer ${session_jwt}` };
};
/** Warms the key set, so that the requests of a test leave together. */
const warm = async (headers: Record<string, string>) => {
  await post(gateway.url, headers, "{ __typename }");
  gateway.calls();
};
const costsOf = (answers: Answer[]) => {
  const costs = answers.map(({ extensions }) => extensions.cost);
  const sum = (name: "upstreamCalls" | "coalesced") => costs.reduce((total, cost) => total + (cost?.[name] ?? 0), 0);
  return { upstreamCalls: sum("upstreamCalls"), coalesced: sum("coalesced") };
};

test("identical reads of one session at the same time share one call", async () => {
  const headers = await member(0);
  await warm(headers);
  const answers = await Promise.all(Array.from({ length: 5 }, () => post(gateway.url, headers, QUERY)));
  expect(new Set(answers.map(({ data }) => JSON.stringify(data))).size).toBe(1);
  expect(gateway.calls()).toEqual([AUTHENTICATE]);
  expect(costsOf(answers)).toEqual({ upstreamCalls: 1, coalesced: 4 });
});

test("what was left out of a shared answer is told to each who reads it", async () => {
  const headers = await service();
  await warm(headers);
  const body = JSON.stringify({ status_code: 200, connected_apps: [null], results_metadata: { total: 1 } });
  gateway.emulator.faults.inject({ route: SEARCH_CLIENTS, fault: { kind: "body", body } });
  const query = "{ connectedApps { nodes { id } } }";
  const answers = await Promise.all(Array.from({ length: 3 }, () => post(gateway.url, headers, query)));
  expect(gateway.calls()).toEqual([SEARCH_CLIENTS]);
  for (const { data, errors } of answers) {
    expect(data).toEqual({ connectedApps: { nodes: [] } });
    expect(errors).toMatchObject([{ message: expect.stringMatching(/^1 of connected_apps could not be shown/) }]);
  }
});

test("different sessions never share, not even those of one Member", async () => {
  const sessions = await Promise.all([0, 0, 1].map(member));
  for (const headers of sessions) await warm(headers);
  const answers = await Promise.all(sessions.map((headers) => post(gateway.url, headers, QUERY)));
  expect(gateway.calls()).toEqual([AUTHENTICATE, AUTHENTICATE, AUTHENTICATE]);
  expect(costsOf(answers)).toEqual({ upstreamCalls: 3, coalesced: 0 });
});

test("nothing is shared with a read that has ended", async () => {
  const headers = await member(0);
  await post(gateway.url, headers, QUERY);
  await post(gateway.url, headers, QUERY);
  expect(gateway.calls()).toEqual([AUTHENTICATE, AUTHENTICATE]);
});

test("a read that starts after a write never joins one from before it", async () => {
  const headers = await service();
  await warm(headers);
  const list = () => post(gateway.url, headers, "{ connectedApps(first: 100) { nodes { name } } }");
  const name = "Made in between";
  const create = post(
    gateway.url,
    headers,
    `mutation { createClient(input: { clientType: THIRD_PARTY, name: "${name}", redirectUrls: ["https://a.example/cb"] }) { connectedApp { id } userErrors { message } } }`,
  );
  // Reads leave without pause while the write is under way, so that one of them is always in flight when it ends.
  const reads: Promise<Answer>[] = [];
  let written = false;
  create.then(() => {
    written = true;
  });
  while (!written) {
    reads.push(list());
    await Promise.race([create, reads.at(-1)]);
  }
  const before = gateway.calls().filter((route) => route === SEARCH_CLIENTS).length;
  const after = await list();
  expect(before).toBeGreaterThan(0);
  expect(after.text).toContain(name);
  await Promise.all(reads);
});
