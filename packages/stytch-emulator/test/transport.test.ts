import { connect } from "node:net";
import { startEmulator } from "../src";
import { basic, type EmulatorWithSdk, outcome, sdkFor, startWithSdk, stytchError } from "./sdk";

let context: EmulatorWithSdk;
beforeAll(async () => {
  context = await startWithSdk();
});
afterAll(() => context.emulator.stop());

const send = (method: string, path: string, init: RequestInit = {}) =>
  fetch(`${context.emulator.url}${path}`, {
    method,
    ...init,
    headers: { authorization: basic(context.emulator), "content-type": "application/json", ...init.headers },
  });

test("a wrong secret is refused before anything else is looked at", async () => {
  const stranger = sdkFor(context.emulator, "secret-test-wrong");
  expect(await outcome(stranger.organizations.get({ organization_id: "nobody" }))).toBe("401 unauthorized_credentials");
});

test.each([
  ["no header", {}],
  ["Bearer", { authorization: "Bearer secret-test-emulator" }],
  ["not base64", { authorization: "Basic ???" }],
  ["no colon", { authorization: `Basic ${Buffer.from("nothing").toString("base64")}` }],
])("credentials: %s is 401", async (_, headers) => {
  const response = await fetch(`${context.emulator.url}/v1/b2b/rbac/policy`, { headers });
  expect(response.status).toBe(401);
  expect(await response.json()).toMatchObject({ status_code: 401, error_type: "unauthorized_credentials" });
});

test("an error body has the API's standard shape", async () => {
  const error = await stytchError(context.stytch.connectedApp.clients.get({ client_id: "connected-app-test-none" }));
  expect(error).toMatchObject({
    status_code: 404,
    request_id: expect.stringMatching(/^request-id-test-[0-9a-f-]{36}$/),
    error_type: "connected_app_not_found",
    error_message: "The Connected App requested could not be found.",
    error_url: "https://stytch.com/docs/api-reference/b2b/api/errors/404#connected_app_not_found",
  });
});

test.each([
  ["GET", "/v1/b2b/nothing", undefined, 404, "route_not_found"],
  ["GET", "/nothing", undefined, 404, "route_not_found"],
  ["PATCH", "/v1/b2b/organizations/northwind", undefined, 405, "method_not_allowed"],
  ["GET", "/v1/connected_apps/clients", undefined, 405, "method_not_allowed"],
  ["POST", "/v1/connected_apps/clients", "{", 400, "bad_request"],
  ["POST", "/v1/connected_apps/clients", "[]", 400, "bad_request"],
  ["POST", "/v1/connected_apps/clients", "null", 400, "bad_request"],
  ["GET", "/v1/b2b/organizations/%E0%A4%A", undefined, 400, "bad_request"],
])("%s %s with body %s is %i %s", async (method, path, body, status, errorType) => {
  const response = await send(method, path, body === undefined ? {} : { body });
  expect(response.status).toBe(status);
  expect(await response.json()).toMatchObject({ status_code: status, error_type: errorType });
});

test("ids arrive percent-encoded and are decoded", async () => {
  const { m2m_client } = await context.stytch.m2m.clients.create({ client_id: "nightly/export job", scopes: [] });
  const found = await context.stytch.m2m.clients.get({ client_id: m2m_client.client_id });
  expect(found.m2m_client.client_id).toBe("nightly/export job");
});

test("an organization may be called like a part of a path", async () => {
  const organization_id = "search";
  const { organizations } = context.stytch;
  expect(await outcome(organizations.get({ organization_id }))).toBe("404 organization_not_found");
  await organizations.create({ organization_name: "Search", organization_slug: organization_id });
  expect(await outcome(organizations.get({ organization_id }))).toBe("ok");
});

test("an oversized body is answered, not cut off", async () => {
  const body = JSON.stringify({ client_type: "third_party", client_name: "x".repeat(2 ** 20) });
  expect((await send("POST", "/v1/connected_apps/clients", { body })).status).toBe(400);
});

test.each(["//", "*", "/%", "http://elsewhere.example/"])("the request target %s does no harm", async (target) => {
  const socket = connect(Number(new URL(context.emulator.url).port), "127.0.0.1");
  socket.end(`GET ${target} HTTP/1.1\r\nHost: emulator\r\nConnection: close\r\n\r\n`);
  let answer = "";
  for await (const chunk of socket) answer += String(chunk);
  expect(answer).toMatch(/^HTTP\/1.1 404 Not Found/);
});

test("the request log names the route and keeps what was sent", async () => {
  context.emulator.clearRequests();
  await context.stytch.organizations.members
    .get({ organization_id: "northwind", email_address: "a@b.example" })
    .catch(() => undefined);
  const [entry, ...others] = context.emulator.requests("GET /v1/b2b/organizations/:organization_id/member");
  expect(others).toEqual([]);
  expect(entry).toMatchObject({
    path: "/v1/b2b/organizations/northwind/member",
    query: { email_address: "a@b.example" },
    headers: { "user-agent": "Stytch Node v14.2.0" },
    status: 404,
  });
  expect(context.emulator.requests("POST /v1/b2b/organizations/search")).toEqual([]);
});

test("search endpoints can be limited per minute", async () => {
  let now = Date.UTC(2026, 0, 1);
  const limited = await startWithSdk({ searchesPerMinute: 2, clock: () => new Date(now) });
  const search = () => outcome(limited.stytch.organizations.search({}));
  expect([await search(), await search(), await search()]).toEqual(["ok", "ok", "429 too_many_requests"]);
  expect(await outcome(limited.stytch.connectedApp.clients.search({}))).toBe("ok");
  now += 60_000;
  expect(await search()).toBe("ok");
  await limited.emulator.stop();
});

test("stop cuts idle keep-alive connections at once", async () => {
  const emulator = await startEmulator({ port: 0 });
  const socket = connect(Number(new URL(emulator.url).port), "127.0.0.1");
  const closed = new Promise((resolve) => socket.once("close", resolve));
  socket.on("error", () => undefined);
  await new Promise((resolve) => socket.once("connect", resolve));
  await emulator.stop();
  await closed;
});

test("latency is added to every answer", async () => {
  const slow = await startWithSdk({ latencyMs: 40 });
  const started = performance.now();
  await slow.stytch.rbac.policy();
  expect(performance.now() - started).toBeGreaterThanOrEqual(39);
  await slow.emulator.stop();
});

test("another program may answer below a path: without credentials, unrecorded, and nowhere else", async () => {
  const { emulator } = context;
  emulator.serve("/guest", ({ method, url }, response) => response.end(`${method} ${url}`));
  emulator.clearRequests();
  for (const path of ["/guest", "/guest/a?b=c"]) {
    const response = await fetch(emulator.url + path, { method: "POST" });
    expect(await response.text()).toBe(`POST ${path}`);
  }
  expect(emulator.requests()).toEqual([]);
  expect((await fetch(`${emulator.url}/guests`)).status).toBe(404);
});
