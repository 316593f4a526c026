import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
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

const UP = "Redis is up: replicas count limits together";
const AWAY = "Redis is away: limits count per process";
const changesIn = ({ logs }: TestGateway) => logs.filter(({ redis }) => redis !== undefined).map(({ msg }) => msg);

/** Carries what Redis answers, later. */
async function startSlowLink(redisUrl: string) {
  const target = new URL(redisUrl);
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => undefined);
    }
    near.pipe(far);
    far.on("data", (data) => void setTimeout(() => near.write(data), link.delayMs));
    near.on("close", () => far.destroy());
    far.on("close", () => near.destroy());
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const link = {
    url: `redis://127.0.0.1:${typeof address === "object" ? address?.port : 0}`,
    delayMs: 0,
    stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
  return link;
}

test("Redis that is not there: the log says once why, and what it means", async () => {
  const gateway = await startTestGateway({ config: { redisUrl: `redis://127.0.0.1:${await freePort()}` } });
  expect(codeOf(await post(gateway.url, {}, "{ __typename }"))).toBeUndefined();
  expect(changesIn(gateway)).toEqual([AWAY]);
  expect(gateway.logs.filter(({ msg }) => msg === "Redis cannot be reached")).toHaveLength(1);
  await gateway.stop();
});

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
    expect(changesIn(gateway)).toEqual([UP, AWAY, UP]);
  });

  describe("slow", () => {
    const DELAY_MS = 60;
    const SEARCH = "{ organization { members(first: 2) { nodes { id } } } }";
    let link: Awaited<ReturnType<typeof startSlowLink>>;
    beforeEach(async () => {
      link = await startSlowLink(redisUrl);
    });
    afterEach(() => link.stop());

    test("a request waits once, however many commands it takes to know who asks and whether it may search", async () => {
      gateway = await startTestGateway({ config: { redisUrl: link.url, searchesPerMinute: 1000 } });
      const { url, emulator } = gateway;
      /** The quickest of five: a busy machine makes some of them late. Each token is new to the gateway. */
      async function quickest() {
        const times = [];
        for (let i = 0; i < 5; i++) {
          const { session_token } = await emulator.mintSession({ memberId: memberIdOf("northwind", 0) });
          times.push(
            await timeOf(async () => {
              expect(codeOf(await post(url, { "x-stytch-member-session": session_token }, SEARCH))).toBeUndefined();
            }),
          );
        }
        return Math.min(...times);
      }
      const undelayed = await quickest();
      link.delayMs = DELAY_MS;
      expect(await quickest()).toBeLessThan(undelayed + COMMAND_MS + DELAY_MS);
    });

    test("searches of one request, one after the other, wait 100 ms in all", async () => {
      const redis = await startRedis(link.url, createLogger("silent"), createMetrics());
      const rationed = createSearchRation({ perMinute: 100, clock: () => new Date(), metrics: createMetrics(), redis });
      const call = { operation: "members.search", kind: "read", meter: new UpstreamMeter() } as const;
      link.delayMs = DELAY_MS;
      const waited = await timeOf(async () => {
        for (let i = 0; i < 20; i++) await rationed(call, async () => undefined);
      });
      expect(waited).toBeGreaterThan(DELAY_MS / 2);
      expect(waited).toBeLessThan(10 * DELAY_MS);
      redis.stop();
    });
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
    expect(await take("greedy", 40)).toBe(9);
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
