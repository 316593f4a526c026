import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Emulator, startEmulator } from "stytch-emulator";
import type { Gateway } from "../../src/gateway";
import { post } from "../support/post";
import { freePort, isRedisInstalled, startRedisServer } from "../support/redis-server";
import { startReplica } from "../support/replica";

(isRedisInstalled ? describe : describe.skip)("two replicas on one Redis", () => {
  let redis: ChildProcess;
  let folder: string;
  let emulator: Emulator;
  let replicas: [Gateway, Gateway];
  let headers: Record<string, string>;

  beforeEach(async () => {
    const port = await freePort();
    redis = await startRedisServer(port);
    emulator = await startEmulator({ port: 0 });
    folder = mkdtempSync(join(tmpdir(), "replicas-"));
    const databaseUrl = `file:${join(folder, "ledger.db")}`;
    const config = { redisUrl: `redis://127.0.0.1:${port}`, databaseUrl, rateLimits: { address: 3 } };
    replicas = [await startReplica(emulator, config), await startReplica(emulator, config)];
    const { session_jwt } = await emulator.mintSession({ memberId: emulator.seeded.people.memberId });
    headers = { authorization: `Bearer ${session_jwt}` };
  });
  afterEach(async () => {
    for (const replica of replicas) await replica.stop();
    await emulator.stop();
    redis.kill();
    rmSync(folder, { recursive: true });
  });

  async function start() {
    const app = [...emulator.state.clients.values()].find(({ client_type }) => client_type === "third_party");
    const input = `{ clientId: "${app?.client_id}", redirectUri: "${app?.redirect_urls[0]}", scopes: ["openid"] }`;
    const { text } = await post(
      replicas[0].url,
      headers,
      `mutation { startAuthorization(input: ${input}) { authorizationRequest { id } userErrors { code message } } }`,
    );
    return { text, id: text.match(/authorization-request-[\w-]+/)?.[0] ?? "" };
  }
  const submit = (replica: Gateway, id: string) =>
    post(
      replica.url,
      headers,
      `mutation { submitConsent(input: { authorizationRequestId: "${id}", decision: ALLOW }) { granted userErrors { code } } }`,
    );

  test("start on one, submit on the other", async () => {
    const { id } = await start();
    expect((await submit(replicas[1], id)).data).toEqual({ submitConsent: { granted: true, userErrors: [] } });
  });

  test("one request submitted to both at once is granted exactly once", async () => {
    const { id } = await start();
    emulator.clearRequests();
    const answers = await Promise.all([...replicas, ...replicas].map((replica) => submit(replica, id)));
    expect(answers.filter(({ text }) => text.includes('"granted":true'))).toHaveLength(1);
    expect(emulator.requests("POST /v1/b2b/idp/oauth/authorize")).toHaveLength(1);
  });

  test("they count one rate limit together", async () => {
    const statuses = [];
    for (const { url } of [...replicas, ...replicas]) statuses.push((await post(url, {}, "{ __typename }")).status);
    expect(statuses).toEqual([200, 200, 200, 429]);
  });

  test("Redis away: consents and reads go on, for they do not need it", async () => {
    const { id } = await start();
    redis.kill();
    await once(redis, "exit");
    expect((await submit(replicas[1], id)).data).toEqual({ submitConsent: { granted: true, userErrors: [] } });
    expect((await post(replicas[1].url, headers, "{ viewer { member { id } } }")).errors).toEqual([]);
  });
});
