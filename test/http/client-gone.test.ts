import { setImmediate as turn } from "node:timers/promises";
import { startTestGateway, type TestGateway } from "../support/gateway";

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
