import { get } from "node:http";
import { createRemoteJWKSet, decodeJwt, jwtVerify } from "jose";
import { z } from "zod";
import { memberIdOf, startEmulator } from "../src";
import { controlRoutes } from "../src/control/routes";
import { type EmulatorWithSdk, outcome, sdkFor, startWithSdk } from "./sdk";

let context: EmulatorWithSdk;
beforeAll(async () => {
  context = await startWithSdk({ authorizationUrl: "http://127.0.0.1:4000/oauth/authorize" });
});
beforeEach(() => context.emulator.reset());
afterAll(() => context.emulator.stop());

interface Answer {
  status: number;
  body: Record<string, unknown>;
}

/** As a test in any language does it. */
async function steer(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`${context.emulator.url}/_emulator${path}`, {
    method,
    headers: { "content-type": "application/json", ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() } as Answer;
}
const member_id = memberIdOf("northwind", 0);

/** One request of each route that it answers with 200. */
const REQUESTS: Record<string, () => unknown> = {
  "put /_emulator/state": () => ({ organizations: [] }),
  "post /_emulator/sessions": () => ({ member_id }),
  "post /_emulator/m2m_tokens": () => ({}),
  "post /_emulator/access_tokens": () => ({
    client_id: context.emulator.seeded.demoApp.clientId,
    member_id,
    scopes: ["openid"],
  }),
  "post /_emulator/faults": () => ({ route: "*", fault: { kind: "delay", ms: 1 } }),
  "patch /_emulator/settings": () => ({ latency_ms: 0 }),
  "put /_emulator/clock": () => ({ now: "2030-01-01T00:00:00Z" }),
  "post /_emulator/clock/advance": () => ({ seconds: 1 }),
};

type Schema = Parameters<typeof z.fromJSONSchema>[0];
interface Described {
  requestBody?: { content: { "application/json": { schema: Schema } } };
  responses: { "200": { content: { "application/json": { schema: Schema } } } };
}

describe("the OpenAPI document", () => {
  let operations: [string, Described][];
  beforeAll(async () => {
    const { body } = await steer("GET", "/openapi.json");
    const paths = body.paths as Record<string, Record<string, Described>>;
    operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]): [string, Described] => [`${method} ${path}`, operation]),
    );
  });

  test("has every route of the code, and no other", () => {
    const inCode = controlRoutes.map(({ method, path }) => `${method.toLowerCase()} /_emulator${path}`);
    expect(operations.map(([name]) => name).sort()).toEqual(inCode.sort());
  });

  test("says how each answers and what it takes", async () => {
    for (const [name, { requestBody, responses }] of operations) {
      const [method = "", path = ""] = name.split(" ");
      const sent = REQUESTS[name]?.();
      expect([name, sent !== undefined]).toEqual([name, requestBody !== undefined]);
      context.emulator.reset();
      const { status, body } = await steer(method.toUpperCase(), path.replace("/_emulator", ""), sent);
      expect([name, status]).toEqual([name, 200]);
      z.fromJSONSchema(responses["200"].content["application/json"].schema).parse(body);
      if (requestBody) z.fromJSONSchema(requestBody.content["application/json"].schema).parse(sent);
    }
  });

  test("a body that it does not allow is refused, with the field's name", async () => {
    const { status, body } = await steer("POST", "/sessions", { member_id: 7 });
    expect([status, body.error_message]).toEqual([400, expect.stringContaining("member_id")]);
    expect((await steer("GET", "/nothing")).status).toBe(404);
    expect((await steer("PUT", "/reset")).status).toBe(405);
  });
});

describe("reset", () => {
  /** A bit of everything that a test leaves behind. */
  async function use(round: number): Promise<void> {
    const { emulator, stytch } = context;
    emulator.settings.searchesPerMinute = 3;
    emulator.clock.advance(1e9);
    emulator.faults.inject({ route: "GET /v1/b2b/rbac/policy", fault: { kind: "hang" } });
    const { organization } = await stytch.organizations.create({ organization_name: `Round ${round}` });
    const { organization_id } = organization;
    await stytch.organizations.members.create({ organization_id, email_address: "a@round.example" });
    await stytch.organizations.delete({ organization_id: "bluefin" });
    await stytch.connectedApp.clients.delete({ client_id: emulator.seeded.demoApp.clientId });
    await emulator.mintSession({ memberId: member_id });
  }

  test("a hundred times: what there is equals a fresh start", async () => {
    const { emulator } = context;
    const fresh = emulator.dump();
    for (let round = 0; round < 100; round++) {
      await use(round);
      expect(emulator.dump()).not.toEqual(fresh);
      emulator.reset();
      expect(emulator.dump()).toEqual(fresh);
    }
    expect(emulator.requests()).toEqual([]);
    expect(await outcome(context.stytch.rbac.policy())).toBe("ok");
    expect(Math.abs(emulator.clock.now().getTime() - Date.now())).toBeLessThan(1000);
    expect(emulator.settings).toMatchObject({
      searchesPerMinute: 100,
      authorizationUrl: "http://127.0.0.1:4000/oauth/authorize",
    });
  });

  test("over HTTP, and as another process would have started", async () => {
    await use(0);
    expect(await steer("POST", "/reset")).toEqual({ status: 200, body: {} });
    const other = await startEmulator({ port: 0 });
    const there = JSON.stringify(other.dump()).replaceAll(new URL(other.url).port, "PORT");
    expect(JSON.stringify(context.emulator.dump()).replaceAll(new URL(context.emulator.url).port, "PORT")).toBe(there);
    await other.stop();
  });

  test("forgets rotated keys and keeps the address of a gateway that came later", async () => {
    await steer("POST", "/keys/rotate");
    context.emulator.reset();
    const { keys } = (await (await fetch(`${context.emulator.url}/.well-known/jwks.json`)).json()) as { keys: [] };
    expect(keys).toHaveLength(1);
  });
});

describe("state", () => {
  test("what one emulator gives, another one takes: records, sessions and secrets", async () => {
    const { emulator, stytch } = context;
    const { session_token } = await emulator.mintSession({ memberId: member_id });
    const { m2m_client } = await stytch.m2m.clients.create({ scopes: ["read:x"] });
    const { body } = await steer("GET", "/state");
    expect(JSON.stringify(body)).not.toContain(m2m_client.client_secret);
    const copy = await startEmulator({ port: 0, seed: "empty" });
    const loaded = await fetch(`${copy.url}/_emulator/state`, { method: "PUT", body: JSON.stringify(body) });
    expect(loaded.status).toBe(200);
    expect(copy.dump()).toEqual(emulator.dump());
    const there = sdkFor(copy);
    expect((await there.sessions.authenticate({ session_token })).member.member_id).toBe(member_id);
    const { client_id, client_secret } = m2m_client;
    const { access_token } = await there.m2m.token({ client_id, client_secret });
    expect(decodeJwt(access_token).sub).toBe(client_id);
    await copy.stop();
  });

  test("a hand-written one needs names only, and secrets in plain text", async () => {
    const organization = { organization_id: "organization-test-1", organization_name: "One", organization_slug: "one" };
    const { organization_id } = organization;
    const person = { organization_id, member_id: "member-test-1", email_address: "a@one.example" };
    const app = { client_id: "app-1", client_type: "third_party", secret: "s3cret-s3cret", redirect_urls: [] };
    const state = { organizations: [organization], members: [person], connected_apps: [app] };
    expect((await steer("PUT", "/state", state)).status).toBe(200);
    const { member } = await context.stytch.organizations.members.get({
      organization_id: "one",
      member_id: "member-test-1",
    });
    expect(member).toMatchObject({ status: "active", external_id: null, roles: [{ role_id: "stytch_member" }] });
    const introspected = await fetch(`${context.emulator.url}/v1/oauth2/introspect`, {
      method: "POST",
      body: new URLSearchParams({ token: "x", client_id: "app-1", client_secret: "s3cret-s3cret" }),
    });
    expect(await introspected.json()).toMatchObject({ active: false });
    expect((await context.stytch.rbac.policy()).policy?.roles.map((role) => role.role_id)).toEqual([
      "stytch_member",
      "stytch_admin",
    ]);
  });

  test.each([
    ["organizations.0.organization_name", { organizations: [{ organization_id: "o" }] }],
    ["member-1", { members: [{ organization_id: "o", member_id: "member-1", email_address: "a@b.example" }] }],
    ["members", { members: 7 }],
  ])("one that is not right is refused, names %s and changes nothing", async (name, state) => {
    const before = context.emulator.dump();
    const { status, body } = await steer("PUT", "/state", state);
    expect([status, body.error_message]).toEqual([400, expect.stringContaining(name)]);
    expect(context.emulator.dump()).toEqual(before);
  });
});

describe("tokens", () => {
  test("an old session's JWT has expired; its token is good until the session ends", async () => {
    const { body } = await steer("POST", "/sessions", { member_id, session_duration_minutes: 60, age_seconds: 3000 });
    const { session_token, session_jwt } = body as Record<string, string>;
    const { exp = 0 } = decodeJwt(session_jwt ?? "");
    expect(exp * 1000).toBeLessThan(Date.now());
    const authenticate = () => outcome(context.stytch.sessions.authenticate({ session_token: session_token ?? "" }));
    expect(await authenticate()).toBe("ok");
    await steer("POST", "/clock/advance", { seconds: 601 });
    expect(await authenticate()).toBe("404 session_not_found");
  });

  test("an M2M token and an app's token of a given age", async () => {
    const { people, demoApp, operatorService } = context.emulator.seeded;
    const service = await steer("POST", "/m2m_tokens", { scopes: ["read:marketplace"], age_seconds: 4000 });
    const claims = decodeJwt(String(service.body.access_token));
    expect(claims).toMatchObject({ sub: operatorService.clientId, scope: "read:marketplace" });
    expect(claims.exp).toBeLessThan(Date.now() / 1000);
    const app = { client_id: demoApp.clientId, member_id: people.memberId, scopes: ["openid"] };
    const introspect = async (age_seconds: number) => {
      const { body } = await steer("POST", "/access_tokens", { ...app, age_seconds });
      const response = await fetch(`${context.emulator.url}/v1/oauth2/introspect`, {
        method: "POST",
        body: new URLSearchParams({
          token: String(body.access_token),
          client_id: demoApp.clientId,
          client_secret: demoApp.clientSecret,
        }),
      });
      return ((await response.json()) as { active: boolean }).active;
    };
    expect([await introspect(0), await introspect(3601)]).toEqual([true, false]);
  });

  test.each([
    ["/sessions", { member_id: "member-unknown" }, "member_not_found"],
    ["/m2m_tokens", { client_id: "unknown", scopes: [] }, "m2m_client_not_found"],
    ["/access_tokens", { client_id: "unknown", member_id, scopes: [] }, "connected_app_not_found"],
  ])("%s of nobody is %j: %s", async (path, body, error_type) => {
    expect((await steer("POST", path, body)).body).toMatchObject({ status_code: 404, error_type });
  });
});

test("faults hit the API as often as asked for, and never the control plane", async () => {
  const route = "GET /v1/b2b/rbac/policy";
  await steer("POST", "/faults", { route, times: 2, fault: { kind: "status", status: 503, errorType: "down" } });
  await steer("POST", "/faults", { route: "*", fault: { kind: "reset" } });
  const policy = () => outcome(context.stytch.rbac.policy());
  expect(await policy()).toBe("503 down");
  expect((await steer("GET", "/faults")).body.faults).toMatchObject([
    { route, times: 1 },
    { route: "*", times: 1 },
  ]);
  await steer("DELETE", "/faults");
  expect(await policy()).toBe("ok");
});

test("settings take effect with the next request", async () => {
  await steer("PATCH", "/settings", { searches_per_minute: 1, dynamic_registration: false });
  const search = () => outcome(context.stytch.organizations.search({}));
  expect([await search(), await search()]).toEqual(["ok", "429 too_many_requests"]);
  const metadata = await fetch(`${context.emulator.url}/.well-known/oauth-authorization-server`);
  expect(await metadata.json()).not.toHaveProperty("registration_endpoint");
  await steer("PATCH", "/settings", { searches_per_minute: 0, latency_ms: 60 });
  const started = performance.now();
  expect(await search()).toBe("ok");
  expect(performance.now() - started).toBeGreaterThanOrEqual(59);
});

test("recorded requests: all, those of a route, none; the control plane is not among them", async () => {
  await context.stytch.organizations.get({ organization_id: "northwind" });
  await context.stytch.organizations.search({});
  const routes = async (query = "") => {
    const { requests } = (await steer("GET", `/requests${query}`)).body as { requests: { route: string }[] };
    return requests.map(({ route }) => route);
  };
  const search = "POST /v1/b2b/organizations/search";
  expect(await routes()).toEqual(["GET /v1/b2b/organizations/:organization_id", search]);
  expect(await routes(`?route=${encodeURIComponent(search)}`)).toEqual([search]);
  await steer("DELETE", "/requests");
  expect(await routes()).toEqual([]);
});

test("the clock is moved to a moment, by seconds, and back; sessions live and die by it", async () => {
  const { body } = await steer("PUT", "/clock", { now: "2030-01-01T00:00:00Z" });
  expect(String(body.now)).toMatch(/^2030-01-01T00:00:0/);
  const { session_token } = await context.emulator.mintSession({ memberId: member_id });
  const { member_session } = await context.stytch.sessions.authenticate({ session_token });
  expect(member_session.started_at).toMatch(/^2030-01-01/);
  await steer("DELETE", "/clock");
  expect(Math.abs(context.emulator.clock.now().getTime() - Date.now())).toBeLessThan(1000);
});

test("rotated keys: new tokens by the new one, and the set serves both", async () => {
  const mint = async () => (await context.emulator.mintSession({ memberId: member_id })).session_jwt;
  const before = await mint();
  const { body } = await steer("POST", "/keys/rotate");
  const after = await mint();
  const keys = createRemoteJWKSet(new URL(`${context.emulator.url}/.well-known/jwks.json`));
  const signers = await Promise.all([before, after].map((jwt) => jwtVerify(jwt, keys)));
  expect(new Set(signers.map(({ protectedHeader }) => protectedHeader.kid)).size).toBe(2);
  expect(signers[1]?.protectedHeader.kid).toBe(body.kid);
  for (const session_jwt of [before, after]) {
    expect(await outcome(context.stytch.sessions.authenticate({ session_jwt }))).toBe("ok");
  }
});

describe("who may steer", () => {
  /** `fetch` does not let a caller name the host. */
  const statusAs = (host: string, url: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      get(`${url}/_emulator/clock`, { headers: { host } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).once("error", reject);
    });

  test("a page of another site may not, nor one that reaches this machine by a name of its own", async () => {
    const local = { origin: "http://localhost:3000" };
    expect((await steer("GET", "/clock", undefined, local)).status).toBe(200);
    const foreign = { origin: "https://evil.example" };
    expect(await steer("POST", "/reset", undefined, foreign)).toMatchObject({
      status: 403,
      body: { error_type: "control_plane_is_local" },
    });
    expect((await steer("POST", "/reset", undefined, { origin: "null" })).status).toBe(403);
    const { port } = new URL(context.emulator.url);
    expect(await statusAs(`localhost:${port}`, context.emulator.url)).toBe(200);
    expect(await statusAs(`rebound.example:${port}`, context.emulator.url)).toBe(403);
  });

  test("other machines may, when asked for", async () => {
    const exposed = await startEmulator({ port: 0, exposeControl: true });
    expect(await statusAs("emulator:4001", exposed.url)).toBe(200);
    await exposed.stop();
  });

  test("project credentials are not needed, and the API asks for them all the same", async () => {
    expect((await steer("GET", "/project")).body).toMatchObject({
      project_id: context.emulator.projectId,
      secret: context.emulator.secret,
      url: context.emulator.url,
      seeded: { people: context.emulator.seeded.people },
    });
    expect((await fetch(`${context.emulator.url}/v1/b2b/rbac/policy`)).status).toBe(401);
  });
});
