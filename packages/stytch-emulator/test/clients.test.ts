import type { ConnectedApp } from "stytch";
import { type EmulatorWithSdk, outcome, startWithSdk } from "./sdk";

let context: EmulatorWithSdk;
beforeAll(async () => {
  context = await startWithSdk();
});
afterAll(() => context.emulator.stop());
const clients = () => context.stytch.connectedApp.clients;

const DEFAULTS = {
  client_name: "",
  client_description: "",
  status: "active",
  redirect_urls: [],
  post_logout_redirect_urls: [],
  full_access_allowed: false,
  bypass_consent_for_offline_access: false,
  access_token_expiry_minutes: 60,
  access_token_template_content: "",
  id_token_template_content: "",
  next_client_secret_last_four: null,
  logo_url: null,
  client_id_metadata_url: null,
  access_token_custom_audience: null,
};

test.each(["first_party", "third_party"])("%s: the secret is shown once, at creation", async (client_type) => {
  const { connected_app } = await clients().create({ client_type });
  const { client_id, client_secret = "", client_secret_last_four, ...rest } = connected_app;
  expect(rest).toEqual({ ...DEFAULTS, client_type });
  expect(client_id).toMatch(/^connected-app-test-[0-9a-f-]{36}$/);
  expect(client_secret).toMatch(/^[\w-]{44}$/);
  expect(client_secret_last_four).toBe(client_secret.slice(-4));
  const { connected_app: read } = await clients().get({ client_id });
  expect(read).toEqual({ ...DEFAULTS, client_id, client_type, creation_method: "API", client_secret_last_four });
  expect(JSON.stringify(context.emulator.state.requireClient(client_id))).not.toContain(client_secret);
});

test.each(["first_party_public", "third_party_public"])("%s has no secret", async (client_type) => {
  const { connected_app } = await clients().create({ client_type });
  const { client_id, ...rest } = connected_app;
  expect(rest).toEqual({ ...DEFAULTS, client_type, client_secret_last_four: null });
});

const EVERYTHING = {
  client_name: "Console",
  client_description: "Ours",
  redirect_urls: ["https://console.example/cb", "http://127.0.0.1:3000/cb"],
  full_access_allowed: true,
  access_token_expiry_minutes: 5,
  access_token_custom_audience: "https://api.example",
  access_token_template_content: '{"plan":"{{ organization.trusted_metadata.plan }}","roles":{{ member.rbac.roles }}}',
  id_token_template_content: '{"a":{"b":1}}',
  post_logout_redirect_urls: ["https://console.example/bye"],
  logo_url: "https://console.example/logo.png",
  bypass_consent_for_offline_access: true,
};

test("every field of a creation and of an update comes back", async () => {
  const { connected_app } = await clients().create({ client_type: "first_party", ...EVERYTHING });
  expect(connected_app).toMatchObject(EVERYTHING);
  const { client_id } = connected_app;
  const fresh = (await clients().create({ client_type: "first_party" })).connected_app.client_id;
  expect((await clients().update({ client_id: fresh, ...EVERYTHING })).connected_app).toMatchObject(EVERYTHING);
  expect((await clients().get({ client_id })).connected_app).toMatchObject(EVERYTHING);
});

test("an update leaves out what it does not name, replaces lists and clears with empty values", async () => {
  const { connected_app } = await clients().create({ client_type: "first_party", ...EVERYTHING });
  const { client_id } = connected_app;
  await clients().update({ client_id, redirect_urls: ["https://console.example/new"], logo_url: "" });
  const { connected_app: read } = await clients().get({ client_id });
  const { logo_url, ...kept } = EVERYTHING;
  expect(read).toMatchObject({ ...kept, redirect_urls: ["https://console.example/new"] });
  expect(read.logo_url).toBeNull();
});

type Fields = Parameters<EmulatorWithSdk["stytch"]["connectedApp"]["clients"]["create"]>[0];
const third: Fields = { client_type: "third_party" };
const desktop: Fields = { client_type: "third_party_public" };

test.each<[string, Fields]>([
  ["invalid_connected_app_type", { client_type: "public" }],
  ["third_party_clients_cannot_use_full_access", { ...third, full_access_allowed: true }],
  ["third_party_clients_require_consent_for_offline_access", { ...third, bypass_consent_for_offline_access: true }],
  ["idp_invalid_access_token_expiry_minutes", { ...third, access_token_expiry_minutes: 0 }],
  ["idp_invalid_access_token_expiry_minutes", { ...third, access_token_expiry_minutes: 1441 }],
  ["idp_invalid_access_token_expiry_minutes", { ...third, access_token_expiry_minutes: 1.5 }],
  ["idp_invalid_access_token_custom_audience", { ...third, access_token_custom_audience: "a b" }],
  ["idp_invalid_access_token_jwt_template", { ...third, access_token_template_content: "[1]" }],
  ["idp_invalid_access_token_jwt_template", { ...third, access_token_template_content: "nonsense" }],
  ["jwt_template_invalid_json", { ...third, id_token_template_content: "nonsense" }],
  ["jwt_template_mismatched_tag", { ...third, access_token_template_content: '{"a":"{{ member.name "}' }],
  ["jwt_template_mismatched_tag", { ...third, access_token_template_content: '{"a": member.name }} }' }],
  ["jwt_template_invalid_tag", { ...third, access_token_template_content: '{"a":"{{ project.secret }}"}' }],
  ["connected_app_redirect_url_must_include_scheme", { ...third, redirect_urls: ["ledger.example/cb"] }],
  ["connected_app_invalid_redirect_url", { ...third, redirect_urls: ["https://"] }],
  ["connected_app_invalid_redirect_url", { ...third, redirect_urls: ["https://a.example/cb#x"] }],
  ["connected_app_invalid_redirect_url", { ...third, redirect_urls: ["https://*.example/cb"] }],
  ["connected_app_redirect_url_http_scheme_must_use_loopback", { ...third, redirect_urls: ["http://a.example/cb"] }],
  ["connected_app_redirect_url_must_use_https_scheme", { ...third, redirect_urls: ["com.example.app:/cb"] }],
  ["connected_app_redirect_url_must_use_http_or_https_scheme", { ...desktop, redirect_urls: ["javascript:alert(1)"] }],
  [
    "too_many_redirect_urls",
    { ...third, redirect_urls: Array.from({ length: 51 }, (_, i) => `https://a.example/${i}`) },
  ],
])("%s: %j", async (errorType, fields) => {
  const before = context.emulator.state.clients.size;
  expect(await outcome(clients().create(fields))).toBe(`400 ${errorType}`);
  expect(context.emulator.state.clients.size).toBe(before);
});

test("a public client may use a private scheme, and any client a loopback address", async () => {
  const redirect_urls = ["com.example.app:/cb", "http://127.0.0.1/cb", "http://[::1]:9/cb", "http://localhost/cb"];
  expect((await clients().create({ ...desktop, redirect_urls })).connected_app.redirect_urls).toEqual(redirect_urls);
});

test("a field of the wrong type is a bad request that names it", async () => {
  const wrong: Record<string, unknown> = { client_type: "third_party", client_name: 7 };
  const response = await fetch(`${context.emulator.url}/v1/connected_apps/clients`, {
    method: "POST",
    headers: { authorization: `Basic ${btoa(`${context.emulator.projectId}:${context.emulator.secret}`)}` },
    body: JSON.stringify(wrong),
  });
  expect(await response.json()).toMatchObject({
    error_type: "bad_request",
    error_message: expect.stringContaining("client_name"),
  });
});

test("deleting a client takes its consents and tokens along; a second time it is not found", async () => {
  const { clientId } = context.emulator.seeded.demoApp;
  await context.emulator.mintAccessToken({
    clientId,
    memberId: context.emulator.seeded.people.memberId,
    scopes: ["openid"],
  });
  const listed = async () =>
    (await context.stytch.organizations.connectedApps({ organization_id: "northwind" })).connected_apps.map(
      (app) => app.connected_app_id,
    );
  expect(await listed()).toContain(clientId);
  expect(await clients().delete({ client_id: clientId })).toMatchObject({ client_id: clientId, status_code: 200 });
  expect(await listed()).not.toContain(clientId);
  expect(context.emulator.state.tokens.accessTokens.size).toBe(0);
  expect(await outcome(clients().delete({ client_id: clientId }))).toBe("404 connected_app_not_found");
  expect(await outcome(clients().get({ client_id: clientId }))).toBe("404 connected_app_not_found");
  expect(await outcome(clients().update({ client_id: clientId }))).toBe("404 connected_app_not_found");
});

test("search pages through every client once, in order of creation", async () => {
  const pages: ConnectedApp[][] = [];
  let cursor: string | undefined;
  do {
    const page = await clients().search({ limit: 5, ...(cursor !== undefined && { cursor }) });
    expect(page.results_metadata.total).toBe(context.emulator.state.clients.size);
    pages.push(page.connected_apps);
    cursor = page.results_metadata.next_cursor;
  } while (cursor);
  expect(pages.length).toBeGreaterThan(2);
  expect(pages.flat().map((app) => app.client_id)).toEqual(
    [...context.emulator.state.clients.values()].map((client) => client.client_id),
  );
});

test.each([
  [{ limit: -1 }, "400 user_search_invalid_limit"],
  [{ limit: 1001 }, "400 user_search_invalid_limit"],
  [{ limit: 1.5 }, "400 user_search_invalid_limit"],
  [{ cursor: "nonsense" }, "400 user_search_invalid_cursor"],
  [{ limit: 0 }, "ok"],
  [{ limit: 1000 }, "ok"],
])("client search with %j is %s", async (request, expected) => {
  expect(await outcome(clients().search(request))).toBe(expected);
});
