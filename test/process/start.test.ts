import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { createServer } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { GraphQLClient } from "graphql-request";
import { type Emulator, startEmulator } from "stytch-emulator";
import { ViewerDocument } from "../generated/graphql";
import { post } from "../support/post";
import { type Started, startProcess } from "../support/process";

const started: Started[] = [];
const emulators: Emulator[] = [];
afterAll(async () => {
  for (const { child } of started) child.kill("SIGKILL");
  for (const emulator of emulators) await emulator.stop();
});

async function startUpstream(latencyMs = 0): Promise<Emulator> {
  const emulator = await startEmulator({ port: 0, latencyMs });
  emulators.push(emulator);
  return emulator;
}

/** On free ports, unless the test chooses others. */
function start(environment: Record<string, string> = {}): Started {
  const process = startProcess({ PORT: "0", EMULATOR_PORT: "0", ...environment });
  started.push(process);
  return process;
}

/** A port that something else listens on. */
async function takenPort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("No port.");
  return { port: String(address.port), stop: () => server.close() };
}

const LISTENING = /listening at (http:\/\/127\.0\.0\.1:\d+)/;

/** The environment for a gateway before this stand-in of Stytch. */
const standIn = ({ url, projectId, secret, operatorOrganizationId }: Emulator) => ({
  STYTCH_PROJECT_ID: projectId,
  STYTCH_SECRET: secret,
  STYTCH_BASE_URL: url,
  DATABASE_URL: `file:${join(mkdtempSync(join(tmpdir(), "gateway-")), "ledger.db")}`,
  OPERATOR_ORGANIZATION_ID: operatorOrganizationId,
});

test("the printed address and credentials answer the first query; a signal ends it with 0", async () => {
  const { child, says, ended } = start({ LOG_LEVEL: "error" });
  const { input: printed } = await says(/Sign in +\S+\n/);
  const banner = printed.slice(printed.indexOf("\nmarketplace-gateway"));
  expect(banner.split("\n").length).toBeLessThanOrEqual(24);
  for (const line of banner.split("\n")) expect(line.length).toBeLessThanOrEqual(120);

  const [, url = ""] = /GraphQL +(\S+)/.exec(banner) ?? [];
  const people = [...banner.matchAll(/^ {2}(\w.*?) {2,}(.*?) {2,}(\S{40,})$/gm)].map(([, , role, token]) => ({
    role,
    token,
  }));
  expect(people.map(({ role }) => role)).toEqual([
    "administrator at Northwind Traders",
    "member at Northwind Traders, without a role",
    "operator of the marketplace",
  ]);
  const [, tokenUrl = "", clientId = "", clientSecret = ""] =
    /curl (\S+) -d grant_type=client_credentials .*? client_id=(\S+) .*? client_secret=(\S+)/s.exec(banner) ?? [];
  const body = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: clientId,
    client_secret: clientSecret,
  });
  const { access_token } = (await (await fetch(tokenUrl, { method: "POST", body })).json()) as { access_token: string };
  const headers = [
    ...people.map(({ token = "" }) => ({ "x-stytch-member-session": token })),
    { authorization: `Bearer ${access_token}` },
  ];
  const viewers = headers.map(async (header) => {
    const { viewer } = await new GraphQLClient(url, { headers: header }).request(ViewerDocument);
    return [viewer?.isOperator, viewer?.member?.isAdmin];
  });
  expect(await Promise.all(viewers)).toEqual([
    [false, true],
    [false, false],
    [true, true],
    [true, undefined],
  ]);
  const [, index = ""] = /Start here +(\S+)/.exec(banner) ?? [];
  const links = await indexLinks(index);
  expect(Object.keys(links)).toEqual([
    "GraphQL",
    "Demo app",
    "Sign in",
    "GraphiQL",
    "Connected apps",
    "Marketplace",
    "Emulator",
  ]);
  // The marketplace's example is started by itself.
  for (const [label, address] of Object.entries(links))
    if (label !== "Marketplace") expect([label, await open(address)]).toEqual([label, 200]);

  child.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
});

const AS_BROWSER = { headers: { accept: "text/html,*/*;q=0.8" } };
const open = async (address: string) => (await fetch(address, AS_BROWSER)).status;

/** Addresses on the index page, by what they are called. */
async function indexLinks(index: string): Promise<Record<string, string>> {
  const page = await (await fetch(index)).text();
  const links = [...page.matchAll(/<li><a href="([^"]+)">([^<]+)</g)];
  return Object.fromEntries(links.map(([, href = "", label = ""]) => [label, new URL(href, index).href]));
}

test("without introspection the index page leads to no explorer", async () => {
  const { says } = start({ INTROSPECTION: "false", LOG_LEVEL: "silent" });
  const [, index = ""] = await says(/Start here +(\S+)/);
  const links = await indexLinks(index);
  expect(links).not.toHaveProperty("GraphiQL");
  expect(await (await fetch(index)).text()).toContain("INTROSPECTION is false");
});

/** Without IPv6 there is nothing to listen on. */
const HAS_IPV6 = Object.values(networkInterfaces()).some((addresses) =>
  addresses?.some(({ address }) => address === "::1"),
);

test.each(["localhost", "0.0.0.0", ...(HAS_IPV6 ? ["::1", "::"] : [])])(
  "HOST=%s: who signs in with the emulator is signed in at the gateway",
  async (host) => {
    const { says } = start({ HOST: host, LOG_LEVEL: "silent" });
    const { input: printed } = await says(/Sign in +\S+\n/);
    const [, gateway = ""] = /Start here +(\S+)\//.exec(printed) ?? [];
    const [, login = ""] = /Sign in +(\S+)/.exec(printed) ?? [];
    // Cookies are kept by host, whatever the port.
    expect(new URL(login).hostname).toBe(new URL(gateway).hostname);
    const apps = `${gateway}/account/apps`;
    const sentTo = (await fetch(apps, { redirect: "manual" })).headers.get("location") ?? "";
    expect(sentTo).toBe(`${login}?return_to=%2Faccount%2Fapps`);
    const [, memberId = ""] = /name="member_id" value="([^"]+)"/.exec(await (await fetch(sentTo)).text()) ?? [];
    const body = new URLSearchParams({ member_id: memberId, return_to: "/account/apps" });
    const signedIn = await fetch(login, { method: "POST", body, redirect: "manual" });
    expect(signedIn.headers.get("location")).toBe(apps);
    const cookie = signedIn.headers.getSetCookie().map((line) => line.split(";")[0]);
    const page = await fetch(apps, { headers: { cookie: cookie.join("; ") }, redirect: "manual" });
    expect(page.status).toBe(200);
  },
);

test("a bad environment: one message on standard error, exit code 1, no stack", async () => {
  const { ended, said } = start({ PORT: "-1", LOG_LEVEL: "loud" });
  expect(await ended).toEqual([1, null]);
  expect(said()).toMatch(/PORT must be .*\n.*LOG_LEVEL must be/);
  expect(said()).not.toContain("    at ");
});

describe("a start that cannot be says why in one sentence", () => {
  test.each(["PORT", "EMULATOR_PORT"])("%s is in use", async (variable) => {
    const taken = await takenPort();
    const { ended, said } = start({ [variable]: taken.port, LOG_LEVEL: "silent" });
    expect(await ended).toEqual([1, null]);
    taken.stop();
    expect(said()).toContain(
      `${variable}: port ${taken.port} of 127.0.0.1 is in use. Choose another, or 0 for a free one.\n`,
    );
    expect(said()).not.toContain("    at ");
  });

  test.each(["192.0.2.1", "2001:db8::1", "no.such.host.invalid"])("HOST=%s", async (host) => {
    const { ended, said } = start({ HOST: host, LOG_LEVEL: "silent" });
    expect(await ended).toEqual([1, null]);
    expect(said()).toBe(
      `HOST: ${host} is not an address of this machine. Try 127.0.0.1, or 0.0.0.0 for all of them.\n`,
    );
  });

  test.each([
    ["postgres://127.0.0.1:1/ledger", /^The ledger's database .* cannot be reached \(ECONNREFUSED\)/],
    ["file:./package.json", /^The ledger .\/package.json is damaged or is no SQLite database/],
    ["file:/proc/x/ledger.db", /^The ledger \/proc\/x\/ledger.db cannot be (opened|written)\. /],
  ])("DATABASE_URL=%s", async (url, sentence) => {
    const { ended, said } = start({ DATABASE_URL: url, LOG_LEVEL: "silent" });
    expect(await ended).toEqual([1, null]);
    expect(said()).toMatch(sentence);
    expect(said().trim().split("\n")).toHaveLength(1);
  });

  test("Stytch refuses the credentials", async () => {
    const emulator = await startUpstream();
    const { ended, said } = start({ ...standIn(emulator), STYTCH_SECRET: "wrong", LOG_LEVEL: "silent" });
    expect(await ended).toEqual([1, null]);
    expect(said()).toBe("STYTCH_SECRET: Stytch refuses it for this STYTCH_PROJECT_ID. Copy both from the dashboard.\n");
  });
});

test("with STYTCH_BASE_URL set, no emulator starts, every call goes there, and the start says what it found", async () => {
  const upstream = await startUpstream();
  // Taken, so an emulator of the gateway's own could not start.
  const { child, says, said, ended } = start({ ...standIn(upstream), EMULATOR_PORT: new URL(upstream.url).port });
  const [, url = ""] = await says(LISTENING);
  await says(/Stytch accepts the project's credentials/);
  const ready = JSON.parse(
    said()
      .split("\n")
      .find((line) => line.includes("The gateway is ready")) ?? "{}",
  );
  expect(ready).toMatchObject({
    project: upstream.projectId,
    graphql: `${url}/graphql`,
    authorizationUrl: `${url}/oauth/authorize`,
    loginUrl: `${upstream.url}/login`,
    operations: ["/livez", "/readyz", "/metrics"],
    introspection: true,
    production: false,
    operators: upstream.operatorOrganizationId,
  });
  expect(said()).not.toContain(upstream.secret);
  const headers = { authorization: `Bearer ${await upstream.mintM2mToken()}` };
  const answer = await post(url, headers, '{ organization(id: "northwind") { name } }');
  expect(answer.data).toEqual({ organization: { name: "Northwind Traders" } });
  expect(upstream.requests().map(({ route }) => route)).toEqual([
    "POST /v1/connected_apps/clients/search",
    "GET /v1/b2b/sessions/jwks/:project_id",
    "GET /v1/b2b/organizations/:organization_id",
  ]);
  const links = await indexLinks(`${url}/`);
  expect(Object.keys(links)).toEqual(["GraphQL", "Sign in", "GraphiQL", "Connected apps"]);
  for (const [label, address] of Object.entries(links)) expect([label, await open(address)]).toEqual([label, 200]);
  expect(links["Sign in"]).toBe(`${upstream.url}/login`);
  child.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
  expect(said()).not.toContain("[Stytch] Warning");
});

test("whoever reads the log goes away (`| head`): requests in flight and later ones are answered", async () => {
  const upstream = await startUpstream(300);
  const { child, says, ended } = start(standIn(upstream));
  const [, url = ""] = await says(LISTENING);
  const headers = {
    "x-stytch-member-session": (await upstream.mintSession({ memberId: upstream.seeded.people.memberId }))
      .session_token,
  };
  const ask = () => post(url, headers, "{ viewer { member { id } } }");
  const inFlight = [ask(), ask(), ask()];
  child.stdout.destroy();
  for (const { status } of await Promise.all(inFlight)) expect(status).toBe(200);
  expect((await ask()).status).toBe(200);
  await says(/Standard output is gone/);
  child.stderr.destroy();
  expect((await ask()).status).toBe(200);
  child.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
});
