import { decodeJwt, decodeProtectedHeader, SignJWT } from "jose";
import { type EmulatorWithSdk, outcome, startWithSdk } from "./sdk";

const START = Date.UTC(2026, 5, 1, 12);
const MINUTE = 60_000;
let now = START;
let context: EmulatorWithSdk;
let memberId: string;

beforeEach(async () => {
  now = START;
  context = await startWithSdk({ clock: () => new Date(now) });
  memberId = context.emulator.seeded.people.adminId;
});
afterEach(() => context.emulator.stop());
const sessions = () => context.stytch.sessions;

test.each(["session_token", "session_jwt"] as const)(
  "authenticate by %s answers session, member and organization",
  async (kind) => {
    const minted = await context.emulator.mintSession({ memberId, durationMinutes: 30 });
    now += MINUTE;
    const answer = await sessions().authenticate({ [kind]: minted[kind] });
    expect(answer).toMatchObject({
      status_code: 200,
      session_token: minted.session_token,
      member: { member_id: memberId },
      organization: { organization_slug: "northwind" },
      member_session: {
        member_session_id: minted.member_session_id,
        member_id: memberId,
        organization_slug: "northwind",
        started_at: new Date(START).toISOString(),
        last_accessed_at: new Date(now).toISOString(),
        expires_at: new Date(START + 30 * MINUTE).toISOString(),
        roles: ["stytch_member", "stytch_admin"],
        authentication_factors: [{ type: "magic_link", delivery_method: "email" }],
      },
    });
    expect(answer).not.toHaveProperty("verdict");
  },
);

test("a session JWT passes the SDK's local check and lasts five minutes", async () => {
  const { session_jwt, member_session_id } = await context.emulator.mintSession({ memberId });
  expect(decodeProtectedHeader(session_jwt)).toEqual({ alg: "RS256", typ: "JWT", kid: expect.any(String) });
  const { iat = 0, exp = 0, iss, aud } = decodeJwt(session_jwt);
  expect([exp - iat, iss, aud]).toEqual([
    300,
    `stytch.com/${context.emulator.projectId}`,
    [context.emulator.projectId],
  ]);
  const local = await sessions().authenticateJwtLocal({ session_jwt, current_date: new Date(now) });
  expect(local).toMatchObject({ member_session_id, member_id: memberId, organization_slug: "northwind" });
  const { keys } = await sessions().getJWKS({ project_id: context.emulator.projectId });
  expect(keys).toMatchObject([{ kty: "RSA", use: "sig", key_ops: ["verify"], alg: "RS256" }]);
  expect(await outcome(sessions().getJWKS({ project_id: "project-test-other" }))).toBe("404 route_not_found");
});

test("an expired JWT of a living session is renewed; of an ended session it is not", async () => {
  const { session_jwt } = await context.emulator.mintSession({ memberId, durationMinutes: 60 });
  now += 59 * MINUTE;
  const renewed = await sessions().authenticate({ session_jwt });
  expect(decodeJwt(renewed.session_jwt).exp).toBe(now / 1000 + 300);
  now += 2 * MINUTE;
  expect(await outcome(sessions().authenticate({ session_jwt: renewed.session_jwt }))).toBe("404 session_not_found");
});

test("authenticate can prolong a session and set custom claims", async () => {
  const { session_token } = await context.emulator.mintSession({ memberId });
  const { member_session, session_jwt } = await sessions().authenticate({
    session_token,
    session_duration_minutes: 120,
    session_custom_claims: { theme: "dark" },
  });
  expect(member_session).toMatchObject({
    expires_at: new Date(START + 120 * MINUTE).toISOString(),
    custom_claims: { theme: "dark" },
  });
  expect(decodeJwt(session_jwt)).toMatchObject({ theme: "dark" });
});

test.each<[string, (token: string, jwt: string) => Record<string, unknown>]>([
  ["400 no_session_arguments", () => ({})],
  ["400 too_many_session_arguments", (session_token, session_jwt) => ({ session_token, session_jwt })],
  ["404 session_not_found", () => ({ session_token: "nonsense" })],
  ["400 unable_to_parse_session_jwt", () => ({ session_jwt: "nonsense" })],
  ["400 unable_to_parse_session_jwt", (_, jwt) => ({ session_jwt: `${jwt.slice(0, -8)}AAAAAAAA` })],
  ["400 invalid_session_duration_minutes", (session_token) => ({ session_token, session_duration_minutes: 4 })],
])("authenticate: %s", async (expected, request) => {
  const { session_token, session_jwt } = await context.emulator.mintSession({ memberId });
  expect(await outcome(sessions().authenticate(request(session_token, session_jwt)))).toBe(expected);
});

test("a JWT of ours that is no session, and one of another key, are refused", async () => {
  const m2m = await context.emulator.mintM2mToken();
  expect(await outcome(sessions().authenticate({ session_jwt: m2m }))).toBe("400 jwt_invalid_claims");
  const foreign = await new SignJWT({}).setProtectedHeader({ alg: "HS256" }).sign(new Uint8Array(32));
  expect(await outcome(sessions().authenticate({ session_jwt: foreign }))).toBe("400 unable_to_parse_session_jwt");
});

test("an authorization check is a verdict or an error, never a no", async () => {
  const { session_token } = await context.emulator.mintSession({ memberId });
  const check = (organization_id: string, resource_id: string, action: string) =>
    sessions().authenticate({ session_token, authorization_check: { organization_id, resource_id, action } });
  const { verdict } = await check("northwind", "stytch.member", "search");
  expect(verdict).toEqual({ authorized: true, granting_roles: ["stytch_admin"] });
  expect(await outcome(check("northwind", "ledger", "read"))).toBe("403 session_authorization_error");
  expect(await outcome(check("bluefin", "stytch.member", "search"))).toBe("403 session_authorization_tenancy_error");
});

test("sessions of a member are listed while they live, and end by id, token, JWT or member", async () => {
  const mint = () => context.emulator.mintSession({ memberId });
  const member = context.emulator.state.requireMemberById(memberId);
  const list = async () =>
    (await sessions().get({ organization_id: member.organization_id, member_id: memberId })).member_sessions.map(
      (session) => session.member_session_id,
    );
  const [first, second, third, fourth] = [await mint(), await mint(), await mint(), await mint()];
  expect(await list()).toHaveLength(4);
  await sessions().revoke({ member_session_id: first.member_session_id });
  await sessions().revoke({ session_token: second.session_token });
  await sessions().revoke({ session_jwt: third.session_jwt });
  expect(await list()).toEqual([fourth.member_session_id]);
  await sessions().revoke({ member_id: memberId });
  expect(await list()).toEqual([]);
  expect(await outcome(sessions().revoke({ session_token: first.session_token }))).toBe("404 session_not_found");
  expect(await outcome(sessions().authenticate({ session_jwt: fourth.session_jwt }))).toBe("404 session_not_found");
  expect(await outcome(sessions().revoke({ member_id: memberId, session_token: "x" }))).toBe(
    "400 too_many_session_revoke_arguments",
  );
});

test("the SDK's local permission check works from the served policies", async () => {
  now = Date.now();
  const { session_jwt } = await context.emulator.mintSession({ memberId });
  const { organization_id } = context.emulator.state.requireMemberById(memberId);
  const authorization_check = { organization_id, resource_id: "stytch.member", action: "revoke.connected-app" };
  context.emulator.clearRequests();
  const { member_session } = await sessions().authenticateJwt({ session_jwt, authorization_check });
  expect(member_session.member_id).toBe(memberId);
  expect(context.emulator.requests("POST /v1/b2b/sessions/authenticate")).toEqual([]);
  expect(context.emulator.requests("GET /v1/b2b/rbac/organizations/:organization_id")).toHaveLength(1);
});
