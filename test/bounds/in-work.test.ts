import { memberIdOf } from "stytch-emulator";
import { startTestGateway, type TestGateway } from "../support/gateway";
import { codeOf, post } from "../support/post";

const SLUGS = ["customer-0001", "customer-0002"] as const;
const SEED = { organizations: 2, members: 240, apps: 5, authorizationsPerMember: 5 };
const SEARCH = "POST /v1/b2b/organizations/members/search";
const APP = "GET /v1/b2b/organizations/:organization_id/connected_apps/:connected_app_id";

let gateway: TestGateway;
afterEach(() => gateway.stop());

async function start(maxInWork: number): Promise<Record<string, string>[]> {
  gateway = await startTestGateway({
    emulator: { seed: SEED },
    rateLimits: { viewer: 0, organization: 0, address: 0 },
    maxInWork,
  });
  return Promise.all(
    SLUGS.map(async (slug) => {
      const { session_jwt } = await gateway.emulator.mintSession({ memberId: memberIdOf(slug, 0) });
      return { authorization: `Bearer ${session_jwt}` };
    }),
  );
}

const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);
const members = (inner: string) => `members(first: 100) { nodes { id ${inner} } }`;
/** 10,000 Members: some 40,000 objects and fields. */
const LARGE = `{ organization { ${members(`organization { ${members("name emailAddress")} }`)} } }`;
const SMALL = "{ viewer { member { id name organization { name } authorizations { scopes connectedApp { name } } } } }";

test("one caller's large answers beyond what fits are refused with 503; everybody else is answered meanwhile, then it, too", async () => {
  const [greedy = {}, honest = {}] = await start(10_000);
  // All of them ask for this page, so all go on at once.
  gateway.emulator.faults.inject({ route: SEARCH, fault: { kind: "delay", ms: 3000 }, times: 1 });
  const attack = Promise.all(times(40, () => post(gateway.url, greedy, LARGE)));
  const beside = [];
  let isOver = false;
  const ended = attack.finally(() => {
    isOver = true;
  });
  while (!isOver) beside.push(await post(gateway.url, honest, SMALL));
  const large = await ended;
  const refused = large.filter(({ status }) => status !== 200);
  expect(refused.length).toBeGreaterThan(10);
  expect(refused.length).toBeLessThan(40);
  for (const answer of refused) {
    expect([answer.status, codeOf(answer), answer.headers.get("retry-after")]).toEqual([503, "OVERLOADED", "2"]);
    expect(answer.errors[0]?.extensions).toMatchObject({ retryAfterSeconds: 2 });
    expect(answer.data).toBeNull();
  }
  expect(beside.flatMap(({ errors }) => errors)).toEqual([]);
  expect(beside.length).toBeGreaterThan(1);
  const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
  expect(metrics).toContain(`gateway_shed_total{reason="answers"} ${refused.length}`);
  expect((await post(gateway.url, greedy, LARGE)).errors).toEqual([]);
});

test("large answers for clients that have gone are not made", async () => {
  // All have room, and take turns.
  const [greedy = {}] = await start(2_000_000);
  gateway.emulator.faults.inject({ route: SEARCH, fault: { kind: "delay", ms: 1000 }, times: 1 });
  const gone = new AbortController();
  const attack = times(20, () =>
    fetch(`${gateway.url}/graphql`, {
      method: "POST",
      headers: { ...greedy, "content-type": "application/json" },
      body: JSON.stringify({ query: LARGE }),
      signal: gone.signal,
    }).catch(() => null),
  );
  const codes = () => gateway.logs.filter((line) => line.operation === "organization").map(({ code }) => code);
  // One has been made, so the others wait for their turns.
  await Promise.race(attack);
  gone.abort();
  await Promise.all(attack);
  for (const until = performance.now() + 30_000; codes().length < 20 && performance.now() < until; )
    await post(gateway.url, {}, "{ __typename }");
  const made = codes().filter((code) => code === "OK").length;
  expect(made).toBeGreaterThan(0);
  expect(made).toBeLessThan(15);
});

test("a few more than fit wait for each other", async () => {
  const [greedy = {}] = await start(80_000);
  const answers = await Promise.all(times(2, () => post(gateway.url, greedy, LARGE)));
  expect(answers.flatMap(({ errors }) => errors)).toEqual([]);
  const [first, second] = answers.map(({ data }) => JSON.stringify(data));
  expect(second).toBe(first);
});

test("an answer that is larger than all may be together is made, if it is the only one", async () => {
  const [member = {}] = await start(5000);
  expect((await post(gateway.url, member, LARGE)).errors).toEqual([]);
});

test("a mutation is done where its payload's lists find no room, and says so", async () => {
  const [greedy = {}, honest = {}] = await start(100);
  gateway.emulator.faults.inject({ route: APP, fault: { kind: "delay", ms: 2000 }, times: 100 });
  const older = post(
    gateway.url,
    greedy,
    `{ organization { a: ${members("name emailAddress status roles")} ${members("authorizations { id }")} b: ${members("name")} c: ${members("name status")} d: ${members("id name")} } }`,
  );
  const isHeld = () => gateway.emulator.requests(APP).length > 0;
  for (const until = performance.now() + 10_000; !isHeld() && performance.now() < until; )
    await post(gateway.url, {}, "{ __typename }");
  const answer = await post(
    gateway.url,
    honest,
    `mutation ($input: UpdateConnectedAppPolicyInput!) {
      updateConnectedAppPolicy(input: $input) { organization { id ${members(`organization { ${members("name")} }`)} } userErrors { code } }
    }`,
    { input: { thirdParty: { mode: "ALL_ALLOWED" } } },
  );
  expect(answer.status).toBe(200);
  expect(answer.data).toEqual({
    updateConnectedAppPolicy: { organization: { id: expect.any(String), members: null }, userErrors: [] },
  });
  expect(codeOf(answer)).toBe("OVERLOADED");
  expect(gateway.emulator.requests().filter(({ method }) => method === "PUT")).toHaveLength(1);
  expect((await older).errors).toEqual([]);
});
