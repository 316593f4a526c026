import { memberIdOf } from "stytch-emulator";
import { startTestGateway, type TestGateway } from "../support/gateway";
import { codeOf, post } from "../support/post";

const SEARCH = "POST /v1/b2b/organizations/members/search";
const PER_MINUTE = 20;
/** 4/9: see src/stytch/searches.ts. */
const PART_OF_TWO = 9;
const MINUTE_MS = 60_000;

let gateway: TestGateway;
let now: number;
const start = async (options: Parameters<typeof startTestGateway>[0] = {}) => {
  now = Date.UTC(2026, 0, 1);
  gateway = await startTestGateway({ clock: () => new Date(now), ...options });
};
afterEach(() => gateway.stop());

async function sessionOf(memberId: string) {
  const { session_token } = await gateway.emulator.mintSession({ memberId });
  return { "x-stytch-member-session": session_token };
}
describe("a breaker", () => {
  const route = "GET /v1/b2b/organizations/:organization_id/members/:member_id/connected_apps";
  const read = "{ viewer { member { authorizations { id } } } }";

  test("that one tenant opened is open for that tenant only", async () => {
    await start();
    const [one, other] = [await sessionOf(memberIdOf("northwind", 0)), await sessionOf(memberIdOf("bluefin", 0))];
    gateway.emulator.faults.inject({ route, fault: { kind: "status", status: 500 }, times: 10 });
    for (let i = 0; i < 4; i++) await post(gateway.url, one, read);
    gateway.calls();
    expect(codeOf(await post(gateway.url, one, read))).toBe("UPSTREAM_UNAVAILABLE");
    expect(gateway.calls()).not.toContain(route);
    expect(codeOf(await post(gateway.url, other, read))).toBeUndefined();
    expect(gateway.calls()).toContain(route);
  });

  test("opens for everybody when three tenants have faults", async () => {
    await start();
    const sessions = await Promise.all(
      ["northwind", "bluefin", "juniper-studio", "cedar-stone"].map((slug) => sessionOf(memberIdOf(slug, 0))),
    );
    gateway.emulator.faults.inject({ route, fault: { kind: "status", status: 500 }, times: 99 });
    for (const session of [...sessions.slice(0, 3), ...sessions.slice(0, 3)]) await post(gateway.url, session, read);
    gateway.calls();
    expect(codeOf(await post(gateway.url, sessions[3] ?? {}, read))).toBe("UPSTREAM_UNAVAILABLE");
    expect(gateway.calls()).not.toContain(route);
  });
});

describe("callers who are not identified yet", () => {
  const AUTHENTICATE = "POST /v1/b2b/sessions/authenticate";
  const BROKEN = { route: AUTHENTICATE, fault: { kind: "status", status: 502 }, times: 99 } as const;
  const ask = (session: Record<string, string>) => post(gateway.url, session, "{ viewer { isOperator } }");

  test("cannot close the way in for each other", async () => {
    await start();
    gateway.emulator.faults.inject(BROKEN);
    for (let i = 0; i < 8; i++) await ask({ "x-stytch-member-session": `odd-${i}` });
    gateway.emulator.faults.clear();
    expect(codeOf(await ask(await sessionOf(memberIdOf("bluefin", 0))))).toBeUndefined();
  });

  test("find it closed when tenants have faults as well", async () => {
    await start();
    const slugs = ["northwind", "bluefin", "juniper-studio"];
    const sessions = await Promise.all(slugs.map((slug) => sessionOf(memberIdOf(slug, 0))));
    for (const session of sessions) expect(codeOf(await ask(session))).toBeUndefined();
    const newcomer = await sessionOf(memberIdOf("cedar-stone", 0));
    gateway.emulator.faults.inject(BROKEN);
    for (const session of [...sessions, ...sessions]) await ask(session);
    gateway.calls();
    expect(codeOf(await ask(newcomer))).toBe("UPSTREAM_UNAVAILABLE");
    expect(gateway.calls()).toEqual([]);
  });
});

describe("searches", () => {
  const count = (route: string) => gateway.calls().filter((call) => call === route).length;
  const config = { searchesPerMinute: PER_MINUTE };
  const read = "{ organization { members(first: 1) { nodes { id } } } }";
  const admin = () => sessionOf(gateway.emulator.seeded.people.adminId);
  const otherAdmin = () => sessionOf(memberIdOf("bluefin", 0));
  async function ask(session: Record<string, string>, times: number) {
    const codes = [];
    for (let i = 0; i < times; i++) codes.push(codeOf(await post(gateway.url, session, read)));
    return { served: codes.filter((code) => code === undefined).length, codes: new Set(codes) };
  }

  test("a tenant alone has most of a minute's, is told when to come back, and then has them again", async () => {
    await start({ config });
    now += 15_000;
    const session = await admin();
    expect((await ask(session, 2 * PER_MINUTE)).served).toBe(0.8 * PER_MINUTE);
    expect(count(SEARCH)).toBe(0.8 * PER_MINUTE);
    const refused = await post(gateway.url, session, read);
    expect(refused.errors[0]?.extensions).toMatchObject({ code: "RATE_LIMITED", retryAfterSeconds: 45 });
    now += 45_000;
    expect((await ask(session, 1)).served).toBe(1);
  });

  test("a modest tenant is served beside a greedy one, in the same minute and in every later one", async () => {
    await start({ config });
    const [greedy, modest] = [await admin(), await otherAdmin()];
    for (let minute = 0; minute < 3; minute++) {
      const { served } = await ask(greedy, 2 * PER_MINUTE);
      expect(served).toBe(minute === 0 ? 0.8 * PER_MINUTE : PART_OF_TWO);
      expect(await ask(modest, 3)).toEqual({ served: 3, codes: new Set([undefined]) });
      now += MINUTE_MS;
    }
    // Nobody else asked in the minute before this one.
    now += MINUTE_MS;
    expect((await ask(greedy, 2 * PER_MINUTE)).served).toBe(0.8 * PER_MINUTE);
  });

  test("two greedy tenants get the same, whoever comes first, and some is left for the next", async () => {
    await start({ config });
    const sessions = [await admin(), await otherAdmin()];
    for (const session of sessions) await ask(session, 1);
    now += MINUTE_MS;
    gateway.calls();
    for (const session of sessions) expect((await ask(session, 2 * PER_MINUTE)).served).toBe(PART_OF_TWO);
    expect(count(SEARCH)).toBe(2 * PART_OF_TWO);
    now += MINUTE_MS;
    const served = await Promise.all(sessions.map((session) => ask(session, 2 * PER_MINUTE)));
    expect(served.map((each) => each.served)).toEqual([PART_OF_TWO, PART_OF_TWO]);
  });

  test("thirty searches of one request that the caller may not make cost one", async () => {
    await start();
    const session = await sessionOf(gateway.emulator.seeded.people.memberId);
    const aliases = Array.from(
      { length: 30 },
      (_, i) => `a${i}: members(first: 1, filter: { emailContains: "example${i}" }) { nodes { id } }`,
    );
    const answer = await post(gateway.url, session, `{ organization { ${aliases.join(" ")} } }`);
    expect(new Set(answer.errors.map(({ extensions }) => extensions.code))).toEqual(new Set(["FORBIDDEN"]));
    expect(count(SEARCH)).toBe(1);
  });

  test("are counted in the metrics, by what became of them", async () => {
    await start({ config: { searchesPerMinute: 5 } });
    await ask(await admin(), 6);
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
    expect(metrics).toContain('gateway_searches_total{endpoint="members.search",result="sent"} 4');
    expect(metrics).toContain('gateway_searches_total{endpoint="members.search",result="refused"} 2');
  });
});
