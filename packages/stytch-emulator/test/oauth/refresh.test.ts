import { decodeJwt } from "jose";
import { type OAuthContext, startOAuth, summary, type TestClient } from "./setup";

let context: OAuthContext;
beforeEach(async () => {
  context = await startOAuth();
});
afterEach(() => context.emulator.stop());

const DAY = 24 * 3600 * 1000;
const SCOPES = ["openid", "offline_access", "read:ledger"];

const refresh = (client: TestClient, refresh_token: string, fields: Record<string, string> = {}) =>
  context.post("/v1/oauth2/token", { grant_type: "refresh_token", refresh_token, ...client, ...fields });

async function isActive(client: TestClient, token: string): Promise<unknown> {
  return (await context.post("/v1/oauth2/introspect", { token, ...client })).body.active;
}

test("a confidential client keeps its refresh token, and each use prolongs it", async () => {
  const client = await context.newClient("third_party");
  const { refresh_token } = await context.tokensFor(client, SCOPES);
  for (let use = 0; use < 3; use++) {
    context.advance(89 * DAY);
    const { body } = await refresh(client, refresh_token);
    expect(body).toMatchObject({ scope: SCOPES.join(" "), id_token: expect.any(String) });
    expect(body).not.toHaveProperty("refresh_token");
    expect(decodeJwt(String(body.access_token)).client_id).toBe(client.client_id);
  }
  context.advance(91 * DAY);
  expect(summary(await refresh(client, refresh_token))).toBe("400 invalid_grant idp_refresh_token_expired");
});

test("a public client gets a new refresh token each time; using an old one ends the whole chain", async () => {
  const client = await context.newClient("third_party_public");
  const { refresh_token: first } = await context.tokensFor(client, SCOPES);
  const second = (await refresh(client, first)).body;
  expect(second.refresh_token).not.toBe(first);
  const third = (await refresh(client, String(second.refresh_token))).body;
  expect(await isActive(client, String(third.access_token))).toBe(true);
  expect(summary(await refresh(client, first))).toBe("400 invalid_grant idp_refresh_token_already_used");
  expect(await isActive(client, String(third.access_token))).toBe(false);
  expect(summary(await refresh(client, String(third.refresh_token)))).toBe(
    "404 invalid_grant idp_refresh_token_not_found",
  );
});

test("of two uses at once only one wins", async () => {
  const client = await context.newClient("third_party_public");
  const { refresh_token } = await context.tokensFor(client, SCOPES);
  const answers = await Promise.all([refresh(client, refresh_token), refresh(client, refresh_token)]);
  expect(answers.map(summary).sort()).toEqual(["400 invalid_grant idp_refresh_token_already_used", "ok"]);
});

test("scopes can be narrowed for one access token, never widened", async () => {
  const client = await context.newClient("third_party");
  const { refresh_token } = await context.tokensFor(client, SCOPES);
  const narrow = await refresh(client, refresh_token, { scope: "read:ledger" });
  expect(decodeJwt(String(narrow.body.access_token)).scope).toBe("read:ledger");
  expect(summary(await refresh(client, refresh_token, { scope: "openid write:ledger" }))).toBe(
    "400 invalid_scope oauth_invalid_scope_requested",
  );
  expect((await refresh(client, refresh_token)).body.scope).toBe(SCOPES.join(" "));
});

test("a public client keeps its scopes when one refresh was narrowed", async () => {
  const client = await context.newClient("third_party_public");
  const { refresh_token } = await context.tokensFor(client, SCOPES);
  const { body } = await refresh(client, refresh_token, { scope: "openid" });
  expect((await refresh(client, String(body.refresh_token))).body.scope).toBe(SCOPES.join(" "));
});

test("an unknown token, another client's token and none at all are refused", async () => {
  const client = await context.newClient("third_party");
  const { refresh_token } = await context.tokensFor(await context.newClient("third_party"), SCOPES);
  expect(summary(await refresh(client, refresh_token))).toBe("404 invalid_grant idp_refresh_token_not_found");
  expect(summary(await refresh(client, "unknown"))).toBe("404 invalid_grant idp_refresh_token_not_found");
  expect(summary(await refresh(client, ""))).toBe("400 invalid_request bad_request");
});

test("a deleted client's refresh token dies with it", async () => {
  const client = await context.newClient("third_party");
  const { refresh_token } = await context.tokensFor(client, SCOPES);
  await context.stytch.connectedApp.clients.delete({ client_id: client.client_id });
  expect(summary(await refresh(client, refresh_token))).toBe("400 invalid_client invalid_client_id");
});
