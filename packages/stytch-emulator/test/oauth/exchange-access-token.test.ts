import { outcome } from "../sdk";
import { type OAuthContext, startOAuth, type TestClient } from "./setup";

let context: OAuthContext;
let client: TestClient;
let session: { session_token: string; member_session_id: string };
beforeEach(async () => {
  context = await startOAuth();
  client = await context.newClient("first_party", { full_access_allowed: true });
  session = await context.emulator.mintSession({ memberId: context.member.member_id });
});
afterEach(() => context.emulator.stop());

async function tokenFor(scopes: string[], withSession = true): Promise<string> {
  const { session_token } = session;
  const code = await context.codeFor(client, { scopes, ...(withSession && { session_token }) });
  return String((await context.exchange(client, code)).body.access_token);
}
const exchange = (access_token: string) => context.stytch.sessions.exchangeAccessToken({ access_token });

test("a full_access token gives back the session it was authorized with, once", async () => {
  const access_token = await tokenFor(["full_access"]);
  const answer = await context.stytch.sessions.exchangeAccessToken({ access_token, session_duration_minutes: 30 });
  expect(answer).toMatchObject({
    session_token: session.session_token,
    session_jwt: expect.any(String),
    member_session: { member_session_id: session.member_session_id },
    member: context.member,
    organization: { organization_slug: "northwind" },
  });
  expect(await outcome(exchange(access_token))).toBe("404 idp_access_token_could_not_be_exchanged");
});

test("what cannot be exchanged says why", async () => {
  expect(await outcome(exchange("unknown"))).toBe("404 idp_access_token_could_not_be_exchanged");
  expect(await outcome(exchange(await tokenFor(["openid"])))).toBe(
    "400 oauth_access_token_exchange_missing_full_access",
  );
  expect(await outcome(exchange(await tokenFor(["full_access"], false)))).toBe("400 no_associated_session_passed_in");
  const revoked = await tokenFor(["full_access"]);
  await context.post("/v1/oauth2/revoke", { token: revoked, ...client });
  expect(await outcome(exchange(revoked))).toBe("400 oauth_access_token_exchange_token_invalid_grant");
  const orphan = await tokenFor(["full_access"]);
  await context.stytch.sessions.revoke({ session_token: session.session_token });
  expect(await outcome(exchange(orphan))).toBe("404 idp_access_token_could_not_be_exchanged");
});

test("five minutes after its issue it is too late", async () => {
  const access_token = await tokenFor(["full_access"]);
  context.advance(5 * 60_000 + 1000);
  expect(await outcome(exchange(access_token))).toBe("400 oauth_access_token_exchange_token_too_old");
});
