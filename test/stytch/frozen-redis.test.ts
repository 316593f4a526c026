import type { ChildProcess } from "node:child_process";
import { memberIdOf } from "stytch-emulator";
import { createLogger } from "../../src/logger";
import { createMetrics } from "../../src/metrics";
import { startRedis } from "../../src/redis";
import { UpstreamMeter } from "../../src/stytch/meter";
import { createSearchRation } from "../../src/stytch/searches";
import { startTestGateway, type TestGateway } from "../support/gateway";
import { codeOf, post } from "../support/post";
import { freePort, isRedisInstalled, startRedisServer } from "../support/redis-server";

/** What one command may take, and what a busy machine adds. */
const COMMAND_MS = 100;
const SLACK_MS = 1000;

(isRedisInstalled ? describe : describe.skip)("Redis", () => {
  let server: ChildProcess;
  let redisUrl: string;
  let gateway: TestGateway | undefined;
  beforeEach(async () => {
    const port = await freePort();
    server = await startRedisServer(port);
    redisUrl = `redis://127.0.0.1:${port}`;
  });
  afterEach(async () => {
    await gateway?.stop();
    gateway = undefined;
    server.kill("SIGKILL");
  });

  const isUp = async () => {
    const metrics = await (await fetch(`${gateway?.url}/metrics`)).text();
    return metrics.match(/^gateway_redis_up (\d)/m)?.[1];
  };
  const ask = () => post(gateway?.url ?? "", {}, "{ __typename }");
  async function timeOf(work: () => Promise<unknown>): Promise<number> {
    const started = performance.now();
    await work();
    return performance.now() - started;
  }

  test("frozen: no request waits longer than one command may, then none waits, and it is taken up again", async () => {
    gateway = await startTestGateway({ config: { redisUrl } });
    expect(await isUp()).toBe("1");
    const { session_jwt } = await gateway.emulator.mintSession({ memberId: memberIdOf("northwind", 5) });
    const asMember = () => post(gateway?.url ?? "", { authorization: `Bearer ${session_jwt}` }, "{ __typename }");
    expect(codeOf(await asMember())).toBeUndefined();
    server.kill("SIGSTOP");
    // A Member's request is counted by more than one command, side by side.
    expect(await timeOf(asMember)).toBeLessThan(COMMAND_MS + SLACK_MS);
    for (let i = 0; i < 3; i++) expect(await timeOf(ask)).toBeLessThan(COMMAND_MS + SLACK_MS);
    expect(await isUp()).toBe("0");
    const ready = await fetch(`${gateway.url}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([200, { status: "ok", redis: "away" }]);
    expect(
      await timeOf(async () => {
        for (let i = 0; i < 10; i++) await ask();
      }),
    ).toBeLessThan(10 * COMMAND_MS);
    server.kill("SIGCONT");
    while ((await isUp()) !== "1") await new Promise(setImmediate);
    expect(codeOf(await ask())).toBeUndefined();
    expect(gateway.logs.filter(({ msg }) => msg === "Redis changed").map(({ redis }) => redis)).toEqual([
      "up",
      "away",
      "up",
    ]);
  });

  test("frozen while the gateway starts: it starts", async () => {
    server.kill("SIGSTOP");
    expect(
      await timeOf(async () => {
        gateway = await startTestGateway({ config: { redisUrl } });
      }),
    ).toBeLessThan(5000);
    expect(await isUp()).toBe("0");
    expect(codeOf(await ask())).toBeUndefined();
    server.kill("SIGCONT");
    while ((await isUp()) !== "1") await new Promise(setImmediate);
  });

  test("replicas ration searches together, by the rule of one process, and each by itself while Redis is away", async () => {
    const perMinute = 20;
    let now = Date.UTC(2026, 0, 1);
    const clock = () => new Date(now);
    const connections = [];
    for (let i = 0; i < 2; i++) connections.push(await startRedis(redisUrl, createLogger("silent"), createMetrics()));
    const replicas = connections.map((redis) =>
      createSearchRation({ perMinute, clock, metrics: createMetrics(), redis }),
    );
    async function take(tenant: string, times: number) {
      let given = 0;
      for (let i = 0; i < times; i++) {
        const call = {
          operation: "members.search",
          kind: "read",
          meter: new UpstreamMeter(undefined, tenant),
        } as const;
        const search = async () => {
          given += 1;
        };
        await replicas[i % 2]?.(call, search).catch(({ code }) => expect(code).toBe("RATE_LIMITED"));
      }
      return given;
    }
    expect(await take("greedy", 40)).toBe(16);
    expect(await take("modest", 3)).toBe(3);
    now += 60_000;
    expect(await take("greedy", 40)).toBe(10);
    expect(await take("modest", 3)).toBe(3);
    server.kill("SIGSTOP");
    expect(await take("modest", 1)).toBe(1);
    now += 60_000;
    expect(await take("greedy", 40)).toBeGreaterThan(0);
    server.kill("SIGCONT");
    for (const redis of connections) redis.stop();
  });

  test("two gateways on one Redis send one minute's searches, not two", async () => {
    const config = { redisUrl, searchesPerMinute: 10 };
    gateway = await startTestGateway({ config });
    const { emulator } = gateway;
    const other = await startTestGateway({
      config: {
        ...config,
        stytch: { projectId: emulator.projectId, secret: emulator.secret, baseUrl: `${emulator.url}/` },
      },
    });
    const { session_token } = await emulator.mintSession({ memberId: memberIdOf("northwind", 0) });
    for (let i = 0; i < 20; i++) {
      const { url } = i % 2 ? gateway : other;
      await post(
        url,
        { "x-stytch-member-session": session_token },
        "{ organization { members(first: 1) { nodes { id } } } }",
      );
    }
    expect(gateway.calls().filter((route) => route.endsWith("members/search"))).toHaveLength(8);
    await other.stop();
  });
});
