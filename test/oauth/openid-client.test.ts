import * as openid from "openid-client";
import { RevokeMemberAppDocument } from "../generated/graphql";
import { type Browser, type ConsentTests, readForm, signedIn, startConsentTests } from "./setup";

let tests: ConsentTests;
let browser: Browser;
beforeAll(async () => {
  tests = await startConsentTests();
  browser = await signedIn(tests, tests.bookkeeper);
});
afterAll(() => tests.stop());

const REDIRECT_URI = "https://rp.example/cb";
const SCOPES = ["openid", "profile", "email", "offline_access", "read:ledger"];
const RESOURCE = "https://ledger.example/";

async function discover(type: "THIRD_PARTY" | "FIRST_PARTY" | "THIRD_PARTY_PUBLIC" | "FIRST_PARTY_PUBLIC") {
  const { id, secret } = await tests.newClient(type, { redirectUrls: [REDIRECT_URI] });
  const authentication = secret === null ? openid.None() : openid.ClientSecretBasic(secret);
  const config = await openid.discovery(new URL(tests.emulator.url), id, undefined, authentication, {
    execute: [openid.allowInsecureRequests],
  });
  return { id, config };
}

/** What a browser does with an authorization URL: shows the page if there is one, and presses Allow. */
async function visit(url: URL): Promise<URL> {
  const response = await browser.get(url.pathname + url.search);
  const answer = response.status === 200 ? await browser.submit({ ...readForm(await response.text()) }) : response;
  expect(answer.status).toBe(303);
  return new URL(answer.headers.get("location") ?? "");
}

test.each(["THIRD_PARTY", "FIRST_PARTY", "THIRD_PARTY_PUBLIC", "FIRST_PARTY_PUBLIC"] as const)(
  "an off-the-shelf client completes the flow as %s",
  async (type) => {
    const { id, config } = await discover(type);
    const [verifier, state, nonce] = [openid.randomPKCECodeVerifier(), openid.randomState(), openid.randomNonce()];
    const url = openid.buildAuthorizationUrl(config, {
      redirect_uri: REDIRECT_URI,
      scope: SCOPES.join(" "),
      code_challenge: await openid.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
      state,
      nonce,
      resource: RESOURCE,
    });
    expect(url.origin).toBe(tests.url);

    const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true };
    const tokens = await openid.authorizationCodeGrant(config, await visit(url), checks);
    expect(tokens.claims()?.sub).toBe(tests.bookkeeper);
    expect(tokens.scope).toBe(SCOPES.join(" "));
    const refreshed = await openid.refreshTokenGrant(config, tokens.refresh_token ?? "");
    // A confidential client gets no new one and keeps its own.
    const refreshToken = refreshed.refresh_token ?? tokens.refresh_token ?? "";
    const active = await openid.tokenIntrospection(config, refreshed.access_token);
    expect(active).toMatchObject({ active: true, aud: [tests.emulator.projectId, RESOURCE] });

    const member = await tests.as(tests.bookkeeper);
    const input = { memberId: tests.bookkeeper, connectedAppId: id };
    const { revokeMemberApp } = await member.request(RevokeMemberAppDocument, { input });
    expect(revokeMemberApp?.userErrors).toEqual([]);
    expect(await openid.tokenIntrospection(config, refreshed.access_token)).toMatchObject({ active: false });
    await expect(openid.refreshTokenGrant(config, refreshToken)).rejects.toMatchObject({
      error: "invalid_grant",
    });
    expect((await browser.get(url.pathname + url.search)).status).toBe(200);
  },
);

test("a refusal is one that the client understands", async () => {
  const { config } = await discover("THIRD_PARTY");
  const url = openid.buildAuthorizationUrl(config, { redirect_uri: REDIRECT_URI, scope: "openid nothing", state: "s" });
  await expect(openid.authorizationCodeGrant(config, await visit(url), { expectedState: "s" })).rejects.toMatchObject({
    error: "invalid_scope",
  });
});
