import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { openTestLedger } from "../ledger/ledger";
import { startTestGateway, type TestGateway } from "../support/gateway";
import { post } from "../support/post";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ emulator: { latencyMs: 100 } });
});
afterAll(() => gateway.stop());

const WIDE = `{ organization(id: "northwind") { members(first: 25) { nodes { name authorizations { id scopes } } } } }`;

async function logged(message: string): Promise<Record<string, unknown>> {
  for (;;) {
    const line = gateway.logs.find(({ msg }) => msg === message);
    if (line) return line;
    await turn();
  }
}

test("when the client goes away, no further call is sent for it", async () => {
  const authorization = `Bearer ${await gateway.emulator.mintM2mToken()}`;
  const client = new AbortController();
  const send = (signal?: AbortSignal) =>
    fetch(`${gateway.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization },
      body: JSON.stringify({ query: WIDE }),
      ...(signal && { signal }),
    });
  await (await send()).text();
  const whole = gateway.calls().length;
  expect(whole).toBeGreaterThan(2);

  gateway.logs.length = 0;
  const gone = send(client.signal);
  while (gateway.emulator.requests().length === 0) await turn();
  client.abort();
  await expect(gone).rejects.toThrow("aborted");
  await logged("operation");
  expect(gateway.calls()).toHaveLength(1);
});

test("an answer that arrives aborts nothing, also on a connection that is kept", async () => {
  const client = await gateway.as(gateway.emulator.seeded.people.memberId);
  for (let i = 0; i < 3; i++) await client.request("{ viewer { member { id } } }");
});

test("a write that waits for its turn when the client goes away is done, and what comes behind it is not begun", async () => {
  const folder = mkdtempSync(join(tmpdir(), "client-gone-"));
  const databaseUrl = `file:${join(folder, "ledger.db")}`;
  const narrow = await startTestGateway({ maxConnections: 1, config: { databaseUrl } });
  const ledger = await openTestLedger(databaseUrl);
  const begun = () => ledger.store.read((db) => db.selectFrom("operation").select("id").execute());
  const CREATE = "POST /v1/connected_apps/clients";
  const { session_token } = await narrow.emulator.mintSession({ memberId: narrow.emulator.seeded.people.memberId });
  const headers = { authorization: `Bearer ${await narrow.emulator.mintM2mToken()}` };
  // The services' keys are read before the one connection is taken.
  await post(narrow.url, headers, "{ viewer { isOperator } }");
  const busy = "POST /v1/b2b/sessions/authenticate";
  narrow.emulator.faults.inject({ route: busy, fault: { kind: "delay", ms: 1500 } });
  const before = post(narrow.url, { "x-stytch-member-session": session_token }, "{ viewer { isOperator } }");
  while (narrow.emulator.requests(busy).length === 0) await turn();

  const create = (name: string) =>
    `${name}: createClient(input: { clientType: THIRD_PARTY, name: "${name}", redirectUrls: ["https://app.example/cb"] }) { replayed }`;
  const client = new AbortController();
  const gone = fetch(`${narrow.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ query: `mutation { ${create("first")} ${create("second")} }` }),
    signal: client.signal,
  });
  while ((await begun()).length === 0) await turn();
  client.abort();
  await expect(gone).rejects.toThrow("aborted");
  expect(narrow.emulator.requests(CREATE)).toEqual([]);
  await before;
  while ((await begun()).length > 0) await turn();
  expect((await ledger.log()).map(({ action, outcome }) => [action, outcome])).toEqual([["CLIENT_CREATED", "DONE"]]);
  expect(narrow.emulator.requests(CREATE)).toHaveLength(1);
  await narrow.stop();
  await ledger.stop();
  rmSync(folder, { recursive: true });
});
