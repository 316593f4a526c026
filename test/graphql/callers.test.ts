import { memberIdOf } from "stytch-emulator";
import { startTestGateway, type TestGateway } from "../support/gateway";
import { type Answer, codeOf, post } from "../support/post";

const AUTHENTICATE = "POST /v1/b2b/sessions/authenticate";
const JWKS = "GET /v1/b2b/sessions/jwks/:project_id";
const WHO = "{ viewer { isOperator scopes } }";
const WHO_BY_ID = "{ viewer { member { id } } }";

let gateway: TestGateway;
/** What the emulator's clock is ahead of this machine's. */
let aheadMs = 0;
beforeAll(async () => {
  gateway = await startTestGateway({ emulator: { clock: () => new Date(Date.now() + aheadMs) } });
});
afterEach(() => {
  aheadMs = 0;
  gateway.calls();
});
afterAll(() => gateway.stop());

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const sessionOf = (index: number) => gateway.emulator.mintSession({ memberId: memberIdOf("northwind", index) });
const who = (headers: Record<string, string>): Promise<Answer> => post(gateway.url, headers, WHO);
const memberIn = ({ data }: Answer) => data?.viewer;

function expectRefused(answer: Answer): void {
  expect(codeOf(answer)).toBe("UNAUTHENTICATED");
  expect(answer.status).toBe(401);
  expect(answer.data).toBeNull();
}

describe("a Member", () => {
  test("by session JWT: checked here, without a call", async () => {
    const { session_jwt } = await sessionOf(5);
    expect((await who(bearer(session_jwt))).data).toEqual({ viewer: { isOperator: false, scopes: [] } });
    expect(gateway.calls()).toEqual([]);
  });

  test("by opaque token: Stytch checks it", async () => {
    const { session_token } = await sessionOf(5);
    const answer = await post(gateway.url, { "x-stytch-member-session": session_token }, WHO_BY_ID);
    expect(memberIn(answer)).toEqual({ member: { id: memberIdOf("northwind", 5) } });
    expect(gateway.calls()).toEqual([AUTHENTICATE]);
  });

  test.each(["stytch_session_jwt", "stytch_session"])("by the cookie %s alone", async (name) => {
    const { session_jwt, session_token } = await sessionOf(5);
    const cookie = `${name}=${name === "stytch_session" ? session_token : session_jwt}`;
    expect(memberIn(await post(gateway.url, { cookie }, WHO_BY_ID))).toEqual({
      member: { id: memberIdOf("northwind", 5) },
    });
  });

  test("by both cookies of one session: one call to tie them together, then none", async () => {
    const { session_jwt, session_token } = await sessionOf(5);
    const cookie = `stytch_session_jwt=${session_jwt}; stytch_session=${session_token}`;
    expect(memberIn(await who({ cookie }))).toMatchObject({ isOperator: false });
    expect(gateway.calls()).toEqual([AUTHENTICATE]);
    expect(memberIn(await who({ cookie }))).toMatchObject({ isOperator: false });
    expect(gateway.calls()).toEqual([]);
  });

  test("by an expired JWT of a live session: Stytch says that it lives", async () => {
    aheadMs = -10 * 60_000;
    const { session_jwt } = await sessionOf(5);
    aheadMs = 0;
    const answer = await post(gateway.url, bearer(session_jwt), "{ viewer { member { id authorizations { id } } } }");
    expect(answer.errors).toEqual([]);
    expect(memberIn(answer)).toMatchObject({ member: { id: memberIdOf("northwind", 5) } });
  });
});

describe("an operator", () => {
  const scopes = ["read:marketplace", "manage:clients", "manage:authorizations"];

  test("is an admin of the operator's Organization, and nobody else in it", async () => {
    const [operator, colleague] = await Promise.all(
      [0, 1].map((index) => gateway.emulator.mintSession({ memberId: memberIdOf("meridian", index) })),
    );
    expect((await who(bearer(operator?.session_jwt ?? ""))).data).toEqual({ viewer: { isOperator: true, scopes } });
    expect(memberIn(await who(bearer(colleague?.session_jwt ?? "")))).toEqual({ isOperator: false, scopes: [] });
  });

  test("is a service, with the scopes of its token", async () => {
    const token = await gateway.emulator.mintM2mToken({ scopes: ["read:marketplace"] });
    const answer = await post(gateway.url, bearer(token), "{ viewer { isOperator scopes member { id } } }");
    expect(answer.data).toEqual({ viewer: { isOperator: true, scopes: ["read:marketplace"], member: null } });
    expect(gateway.calls()).toEqual([]);
  });

  test.each<[string, string[]]>([
    ["", []],
    [" ", []],
    ["read:orders", []],
    ["read", []],
    ["*", []],
    ["*:marketplace", []],
    ["read:marketplace:all", []],
    ["read:orders  manage:clients ", ["manage:clients"]],
    ["manage:clients read:marketplace manage:clients", ["read:marketplace", "manage:clients"]],
    ["read:*", ["read:marketplace"]],
    ["manage:*", ["manage:clients", "manage:authorizations"]],
  ])("is a service whose token says %j as far as that names scopes of operators", async (scope, known) => {
    const token = await gateway.emulator.mintM2mToken({ scopes: [scope] });
    expect((await who(bearer(token))).data).toEqual({ viewer: { isOperator: known.length > 0, scopes: known } });
    const read = await post(gateway.url, bearer(token), "{ organizations { nodes { id } } }");
    expect(codeOf(read)).toBe(known.includes("read:marketplace") ? undefined : "FORBIDDEN");
  });
});

describe("refused", () => {
  test.each(["Basic dXNlcjpwYXNz", "Bearer", "Bearer a b", "Bearer not-a-jwt", "Bearer a.b.c", "nonsense"])(
    "the Authorization header %p, without a call",
    async (authorization) => {
      expectRefused(await who({ authorization }));
      expect(gateway.calls()).toEqual([]);
    },
  );

  test("a forged signature, without a call", async () => {
    const [header, claims, signature = ""] = (await sessionOf(0)).session_jwt.split(".");
    const forged = `${header}.${claims}.${[...signature].reverse().join("")}`;
    expectRefused(await who(bearer(forged)));
    expect(gateway.calls()).toEqual([]);
  });

  test("changed claims under a good signature, without a call", async () => {
    const [header, claims = "", signature] = (await sessionOf(5)).session_jwt.split(".");
    const changed = Buffer.from(claims, "base64url").toString().replaceAll("stytch_member", "stytch_admin");
    expectRefused(await who(bearer(`${header}.${Buffer.from(changed).toString("base64url")}.${signature}`)));
    expect(gateway.calls()).toEqual([]);
  });

  test("a Connected App's access token: an app may not manage apps", async () => {
    const { demoApp, people } = gateway.emulator.seeded;
    const scopes = ["openid", "manage:clients", "read:marketplace"];
    const token = await gateway.emulator.mintAccessToken({
      clientId: demoApp.clientId,
      memberId: people.operatorId,
      scopes,
    });
    expectRefused(await who(bearer(token)));
    expect(gateway.calls()).toEqual([]);
  });

  test("an unknown opaque token", async () => {
    expectRefused(await who({ "x-stytch-member-session": "nope" }));
  });

  test("a bad credential beside a good one", async () => {
    const { session_jwt } = await sessionOf(5);
    expectRefused(await who({ ...bearer(session_jwt), "x-stytch-member-session": "nope" }));
  });

  test("a revoked session: its token at once, its JWT with the first read or write", async () => {
    const { session_jwt, session_token, member_session_id } = await sessionOf(5);
    const session = gateway.emulator.state.sessions.get(member_session_id);
    if (session) gateway.emulator.state.sessions.delete(session);
    expectRefused(await who({ "x-stytch-member-session": session_token }));
    const read = await post(gateway.url, bearer(session_jwt), WHO_BY_ID);
    expect(codeOf(read)).toBe("UNAUTHENTICATED");
    expect(read.errors[0]?.extensions.stytchErrorType).toBe("session_not_found");
  });

  test("an operator whose session was revoked may not write, though the JWT still verifies", async () => {
    const { operatorId } = gateway.emulator.seeded.people;
    const { session_jwt, member_session_id } = await gateway.emulator.mintSession({ memberId: operatorId });
    const session = gateway.emulator.state.sessions.get(member_session_id);
    if (session) gateway.emulator.state.sessions.delete(session);
    const create = 'mutation { createClient(input: { clientType: THIRD_PARTY, name: "App" }) { userErrors { code } } }';
    expect(codeOf(await post(gateway.url, bearer(session_jwt), create))).toBe("UNAUTHENTICATED");
    expect(gateway.calls()).toEqual([AUTHENTICATE]);
  });
});

describe("two identities in one request: 400 BAD_USER_INPUT", () => {
  function expectTwo(answer: Answer): void {
    expect(codeOf(answer)).toBe("BAD_USER_INPUT");
    expect(answer.status).toBe(400);
  }

  test("cookies of two Members", async () => {
    const [one, other] = await Promise.all([sessionOf(5), sessionOf(6)]);
    expectTwo(await who({ cookie: `stytch_session_jwt=${one.session_jwt}; stytch_session=${other.session_token}` }));
  });

  test("a service's token and a Member's cookie", async () => {
    const token = await gateway.emulator.mintM2mToken();
    expectTwo(await who({ ...bearer(token), cookie: `stytch_session_jwt=${(await sessionOf(5)).session_jwt}` }));
  });

  test("two sessions of one Member", async () => {
    const [one, other] = await Promise.all([sessionOf(5), sessionOf(5)]);
    expectTwo(await who({ ...bearer(one.session_jwt), "x-stytch-member-session": other.session_token }));
  });
});

describe("with Stytch out of reach, nobody is told that the credential is bad", () => {
  let lonely: TestGateway;
  beforeEach(async () => {
    lonely = await startTestGateway();
  });
  afterEach(() => lonely.stop());

  test("while a token is checked", async () => {
    const { session_token } = await lonely.emulator.mintSession({ memberId: memberIdOf("northwind", 5) });
    lonely.emulator.faults.inject({ route: AUTHENTICATE, fault: { kind: "reset" }, times: 100 });
    const answer = await post(lonely.url, { "x-stytch-member-session": session_token }, WHO);
    expect(codeOf(answer)).toBe("UPSTREAM_UNAVAILABLE");
    expect(answer.status).toBe(502);
  });

  test("while the key set is loaded for a service's token", async () => {
    lonely.emulator.faults.inject({ route: JWKS, fault: { kind: "status", status: 500 }, times: 100 });
    const answer = await post(lonely.url, bearer(await lonely.emulator.mintM2mToken()), WHO);
    expect(codeOf(answer)).toBe("UPSTREAM_UNAVAILABLE");
    expect(answer.status).toBe(502);
  });

  test("without the key set a Member's JWT is checked by Stytch itself", async () => {
    const { session_jwt } = await lonely.emulator.mintSession({ memberId: memberIdOf("northwind", 5) });
    lonely.emulator.faults.inject({ route: JWKS, fault: { kind: "status", status: 500 }, times: 100 });
    expect((await post(lonely.url, bearer(session_jwt), WHO)).data).toEqual({
      viewer: { isOperator: false, scopes: [] },
    });
    expect(lonely.calls()).toEqual([AUTHENTICATE]);
  });
});
