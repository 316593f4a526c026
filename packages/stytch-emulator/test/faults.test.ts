import { RequestError } from "stytch";
import type { Fault } from "../src";
import { basic, type EmulatorWithSdk, outcome, startWithSdk, stytchError } from "./sdk";

let context: EmulatorWithSdk;
beforeEach(async () => {
  context = await startWithSdk();
});
afterEach(() => context.emulator.stop());

const SEARCH = "POST /v1/b2b/organizations/search";
const search = () => context.stytch.organizations.search({ limit: 1 });

test("a status fault has the API's shape, hits its route n times, then heals", async () => {
  context.emulator.faults.inject({ route: SEARCH, times: 2, fault: { kind: "status", status: 503 } });
  expect(await outcome(context.stytch.rbac.policy())).toBe("ok");
  expect([await outcome(search()), await outcome(search()), await outcome(search())]).toEqual([
    "503 internal_server_error",
    "503 internal_server_error",
    "ok",
  ]);
});

test("a 429 carries Retry-After", async () => {
  const fault: Fault = { kind: "status", status: 429, retryAfter: 7 };
  context.emulator.faults.inject({ route: "*", fault });
  const response = await fetch(`${context.emulator.url}/v1/b2b/rbac/policy`, {
    headers: { authorization: basic(context.emulator) },
  });
  expect([response.status, response.headers.get("retry-after")]).toEqual([429, "7"]);
  context.emulator.faults.inject({ route: "*", fault: { ...fault, errorType: "search_timeout" } });
  expect((await stytchError(search())).error_type).toBe("search_timeout");
});

test.each<[string, Fault]>([
  ["HTML", { kind: "body", status: 502, body: "<h1>Bad gateway</h1>" }],
  ["nothing", { kind: "body", body: "" }],
  ["a truncated body", { kind: "body", body: '{"organizations": [' }],
  ["a reset", { kind: "reset" }],
])("%s is a RequestError of the SDK", async (_, fault) => {
  context.emulator.faults.inject({ route: SEARCH, fault });
  await expect(search()).rejects.toBeInstanceOf(RequestError);
  expect(await outcome(search())).toBe("ok");
});

test("a null body with an error status is the SDK's bare TypeError", async () => {
  context.emulator.faults.inject({ route: SEARCH, fault: { kind: "body", status: 500, body: "null" } });
  await expect(search()).rejects.toBeInstanceOf(TypeError);
});

test.each([
  ["reset", 0],
  ["reset-after-effect", 1],
] as const)("%s: the caller sees a broken connection and %i clients are made", async (kind, made) => {
  const before = context.emulator.state.clients.size;
  context.emulator.faults.inject({ route: "POST /v1/connected_apps/clients", fault: { kind } });
  const call = context.stytch.connectedApp.clients.create({ client_type: "third_party" });
  await expect(call).rejects.toBeInstanceOf(RequestError);
  expect(context.emulator.state.clients.size - before).toBe(made);
});

test("a hanging call never answers, and stop ends it", async () => {
  context.emulator.faults.inject({ route: SEARCH, fault: { kind: "hang" } });
  const call = outcome(search());
  while (context.emulator.requests(SEARCH).length === 0) await new Promise(setImmediate);
  expect(await outcome(context.stytch.rbac.policy())).toBe("ok");
  expect(context.emulator.requests(SEARCH)).toMatchObject([{ status: null }]);
  await context.emulator.stop();
  expect(await call).toContain("fetch failed");
  context = await startWithSdk();
});

test("a delay may come after the effect: it has happened, and nobody knows yet", async () => {
  const { stytch, emulator } = context;
  const route = "POST /v1/connected_apps/clients";
  emulator.faults.inject({ route, fault: { kind: "delay", ms: 30, afterEffect: true } });
  let isAnswered = false;
  const name = "Late";
  const call = stytch.connectedApp.clients.create({ client_type: "third_party", client_name: name }).then(() => {
    isAnswered = true;
  });
  while (![...emulator.state.clients.values()].some(({ client_name }) => client_name === name)) {
    await new Promise(setImmediate);
  }
  expect([isAnswered, emulator.requests(route)]).toMatchObject([false, [{ status: null }]]);
  await call;
});

test("a delay answers properly, later; clear forgets what is left", async () => {
  context.emulator.faults.inject({ route: SEARCH, times: 99, fault: { kind: "delay", ms: 30 } });
  const started = performance.now();
  expect(await outcome(search())).toBe("ok");
  expect(performance.now() - started).toBeGreaterThanOrEqual(29);
  context.emulator.faults.inject({ route: "*", fault: { kind: "status", status: 500 } });
  context.emulator.faults.clear();
  expect(await outcome(search())).toBe("ok");
});
