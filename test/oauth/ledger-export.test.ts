import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createLedgerExport } from "ledger-export";
import { type OAuthContext, startOAuth } from "../../packages/stytch-emulator/test/oauth/setup";
import { serveDemo } from "../../src/dev.demo";

let context: OAuthContext;
let cookie: string;
beforeEach(async () => {
  context = await startOAuth();
  await serveDemo(context.emulator);
  cookie = "";
});
afterEach(() => context.emulator.stop());

const SCOPES = ["openid", "profile", "offline_access", "read:ledger"];

/** One step of a browser: keeps the cookie, does not follow redirects. */
async function visit(path: string, form?: [string, string][]): Promise<Response> {
  const response = await fetch(new URL(path, context.emulator.url), {
    redirect: "manual",
    headers: { cookie },
    ...(form && { method: "POST", body: new URLSearchParams(form) }),
  });
  cookie = response.headers.getSetCookie()[0]?.split(";")[0] ?? cookie;
  return response;
}

/** A step that ends on the demo's page. */
async function pageAfter(path: string, form?: [string, string][]): Promise<string> {
  const response = await visit(path, form);
  expect([response.status, response.headers.get("location")]).toEqual([303, "/demo"]);
  return (await visit("/demo")).text();
}

/** Presses Connect; the query of the address at the gateway. */
async function connect(): Promise<URLSearchParams> {
  const response = await visit(
    "/demo/connect",
    SCOPES.map((scope) => ["scope", scope]),
  );
  const location = new URL(response.headers.get("location") ?? "");
  expect([response.status, location.origin, location.pathname]).toEqual([
    303,
    context.emulator.gatewayUrl,
    "/oauth/authorize",
  ]);
  return location.searchParams;
}

/** What the gateway would do; the callback's address. */
async function decide(query: URLSearchParams, consent_granted: boolean): Promise<string> {
  const { redirect_uri } = await context.stytch.idp.oauth.authorize({
    client_id: query.get("client_id") ?? "",
    redirect_uri: query.get("redirect_uri") ?? "",
    response_type: "code",
    scopes: (query.get("scope") ?? "").split(" "),
    state: query.get("state") ?? "",
    nonce: query.get("nonce") ?? "",
    code_challenge: query.get("code_challenge") ?? "",
    consent_granted,
    ...context.member,
  });
  return redirect_uri;
}

const revoke = () =>
  context.stytch.organizations.members.connectedApps.revoke({
    ...context.member,
    connected_app_id: context.emulator.seeded.demoApp.clientId,
  });

test("connect, see the claims, refresh, introspect, userinfo", async () => {
  const query = await connect();
  expect(Object.fromEntries(query)).toMatchObject({
    redirect_uri: context.emulator.seeded.demoApp.redirectUrl,
    scope: SCOPES.join(" "),
    code_challenge_method: "S256",
    state: expect.stringMatching(/^[\w-]{43,}$/),
    nonce: expect.stringMatching(/^[\w-]{43,}$/),
  });
  const connected = await pageAfter(await decide(query, true));
  expect(connected).toContain("The code was exchanged for tokens.");
  expect(connected).toContain(query.get("nonce") ?? "");
  expect(connected).toContain(context.member.member_id);
  expect(await pageAfter("/demo/refresh", [])).toContain("A new access token was issued.");
  expect(await pageAfter("/demo/introspect", [])).toContain("The access token is active.");
  expect(await pageAfter("/demo/userinfo", [])).toContain("Userinfo answered.");
});

test("no token or secret is on the page", async () => {
  const page = await pageAfter(await decide(await connect(), true));
  expect(page).not.toContain("eyJ");
  expect(page).not.toContain(context.emulator.seeded.demoApp.clientSecret);
  for (const token of context.emulator.state.tokens.refreshTokens.keys()) expect(page).not.toContain(token);
});

test("after a revoke every step says so", async () => {
  await pageAfter(await decide(await connect(), true));
  await revoke();
  const refused = await pageAfter("/demo/refresh", []);
  expect(refused).toContain("Access was revoked.");
  expect(refused).toContain("No longer connected");
  expect(await pageAfter("/demo/userinfo", [])).toContain("Access was revoked.");
  expect(await pageAfter("/demo/introspect", [])).toContain("The access token is no longer active.");
  const again = await pageAfter(await decide(await connect(), true));
  expect(again).toContain("The code was exchanged for tokens.");
  expect(again).not.toContain("No longer connected");
});

test("a denial is shown as it came, escaped", async () => {
  const { searchParams } = new URL(await decide(await connect(), false));
  searchParams.set("error_description", "<script>alert(1)</script>");
  const page = await pageAfter(`/demo/callback?${searchParams}`);
  expect(page).toContain("No access was given.");
  expect(page).toContain("access_denied");
  expect(page).not.toContain("<script");
});

test("an answer with another state, from another browser or for the second time is not used", async () => {
  const answer = await decide(await connect(), true);
  const mine = cookie;
  cookie = "";
  expect(await pageAfter(answer)).toContain("This answer was not expected.");
  cookie = mine;
  const forged = new URL(answer);
  forged.searchParams.set("state", "forged");
  expect(await pageAfter(forged.href)).toContain("This answer was not expected.");
  expect(context.emulator.requests("POST /v1/oauth2/token")).toEqual([]);
  expect(await pageAfter(answer)).toContain("The code was exchanged for tokens.");
  expect(await pageAfter(answer)).toContain("This answer was not expected.");
  expect(context.emulator.requests("POST /v1/oauth2/token")).toHaveLength(1);
});

test("a refusal and a broken answer of the token endpoint are shown", async () => {
  const { clientId: client_id } = context.emulator.seeded.demoApp;
  context.emulator.faults.inject({
    route: "POST /v1/oauth2/token",
    fault: { kind: "body", body: "<html>502</html>", status: 502 },
  });
  expect(await pageAfter(await decide(await connect(), true))).toContain("It failed.");
  const { secrets } = context.stytch.connectedApp.clients;
  await secrets.rotateStart({ client_id });
  await secrets.rotate({ client_id });
  const page = await pageAfter(await decide(await connect(), true));
  expect(page).toContain("The request was refused.");
  expect(page).toContain("invalid_client_secret");
});

test("opened under another host name it moves to its own", async () => {
  const { port } = new URL(context.emulator.url);
  const response = await fetch(`http://localhost:${port}/demo`, { redirect: "manual" });
  expect(response.headers.get("location")).toBe(`${context.emulator.url}/demo`);
});

test("by itself, at the root of its own origin, it knows the server by its discovery document", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const { client_id, client_secret = "" } = await context.newClient("third_party", {
    redirect_urls: [`${url}/callback`],
  });
  const { now } = context.emulator.clock;
  const options = { issuer: context.emulator.url, clientId: client_id, clientSecret: client_secret, url, now };
  server.on("request", createLedgerExport(options));
  try {
    const { searchParams } = new URL(
      (await visit(`${url}/connect`, [["scope", "openid"]])).headers.get("location") ?? "",
    );
    expect(searchParams.get("redirect_uri")).toBe(`${url}/callback`);
    expect((await visit(await decide(searchParams, true))).headers.get("location")).toBe("/");
    expect(await (await visit(url)).text()).toContain("The code was exchanged for tokens.");

    context.emulator.settings.authorizationUrl = "";
    await visit(`${url}/connect`, []);
    expect(await (await visit(url)).text()).toContain("The project has no Authorization URL.");
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test("what it does not serve is 404, and a form that is too large is cut off", async () => {
  expect((await visit("/demo/none")).status).toBe(404);
  expect((await visit("/demo/constructor", [])).status).toBe(404);
  await expect(visit("/demo/connect", [["scope", "x".repeat(20_000)]])).rejects.toThrow();
});
