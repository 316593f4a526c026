import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { startEmulator } from "stytch-emulator";
import { ConfigError, loadConfig } from "../src/config";
import { post } from "./support/post";

const STYTCH = {
  STYTCH_PROJECT_ID: "project-test-00000000-0000-4000-8000-000000000000",
  STYTCH_SECRET: "secret-test-emulator",
};
const PRODUCTION = {
  ...STYTCH,
  NODE_ENV: "production",
  PUBLIC_URL: "https://api.example.com",
  LOGIN_URL: "https://app.example.com/login",
};

/** The variables that the message names, in order. */
function problems(environment: Record<string, string>): string[] {
  try {
    loadConfig(environment);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const [, ...lines] = error.message.split("\n");
    return lines.map((line) => line.trim().split(" ")[0] ?? "");
  }
}

test("nothing set: the emulator on loopback", () => {
  expect(loadConfig({})).toMatchObject({
    host: "127.0.0.1",
    port: 4000,
    stytch: undefined,
    upstreamTimeoutMs: 10_000,
    emulator: { port: 4001, latencyMs: 0 },
    logLevel: "info",
    production: false,
    introspection: true,
    corsOrigins: ["https://studio.apollographql.com"],
  });
});

test("the configuration is frozen", () => {
  const config = loadConfig(PRODUCTION);
  for (const part of [config, config.stytch, config.corsOrigins, config.emulator])
    expect(Object.isFrozen(part)).toBe(true);
});

test("an empty value counts as unset", () => {
  const names = [
    "PORT",
    "STYTCH_PROJECT_ID",
    "STYTCH_SECRET",
    "STYTCH_BASE_URL",
    "PUBLIC_URL",
    "LOG_LEVEL",
    "NODE_ENV",
  ];
  const empty = Object.fromEntries(names.map((name) => [name, ""]));
  expect(loadConfig(empty)).toEqual(loadConfig({}));
});

test("one message lists every problem", () => {
  const bad = {
    PORT: "http",
    PUBLIC_URL: "https://api.example.com/path",
    LOGIN_URL: "http://app.example.com/login",
    CORS_ORIGINS: "https://a.example, *",
    UPSTREAM_TIMEOUT_MS: "0",
    EMULATOR_PORT: "65536",
    REDIS_URL: "http://localhost",
    LOG_LEVEL: "loud",
    NODE_ENV: "staging",
    INTROSPECTION: "yes",
    OPERATOR_ORGANIZATION_ID: "meridian",
    STYTCH_PROJECT_ID: "my-project",
    STYTCH_BASE_URL: "http://api.example.com",
  };
  expect(problems(bad).toSorted()).toEqual([...Object.keys(bad), "STYTCH_SECRET"].toSorted());
});

test.each([
  ["a project without its secret", { STYTCH_PROJECT_ID: STYTCH.STYTCH_PROJECT_ID }, ["STYTCH_SECRET", "LOGIN_URL"]],
  ["a secret without its project", { STYTCH_SECRET: "s" }, ["STYTCH_PROJECT_ID"]],
  ["a base URL for the emulator", { STYTCH_BASE_URL: "https://login.example.com" }, ["STYTCH_BASE_URL"]],
  ["real Stytch without a login page", STYTCH, ["LOGIN_URL"]],
  ["the emulator in production", { NODE_ENV: "production" }, ["STYTCH_PROJECT_ID", "PUBLIC_URL"]],
  ["plain http in production", { ...PRODUCTION, PUBLIC_URL: "http://api.example.com" }, ["PUBLIC_URL"]],
])("refused: %s", (_, environment, names) => {
  expect(problems(environment)).toEqual(names);
});

test("production: no introspection and no foreign origins unless asked for", () => {
  expect(loadConfig(PRODUCTION)).toMatchObject({ introspection: false, corsOrigins: [], production: true });
  const opened = { ...PRODUCTION, INTROSPECTION: "true", CORS_ORIGINS: "https://a.example, https://b.example/" };
  expect(loadConfig(opened)).toMatchObject({
    introspection: true,
    corsOrigins: ["https://a.example", "https://b.example"],
  });
});

test("no message repeats a secret", () => {
  const secrets = { STYTCH_SECRET: "secret-test-topsecret", REDIS_URL: "http://user:topsecret@cache" };
  expect(() => loadConfig({ ...secrets, STYTCH_PROJECT_ID: "x" })).toThrow(/STYTCH_PROJECT_ID/);
  expect(() => loadConfig({ ...secrets, STYTCH_PROJECT_ID: "x" })).not.toThrow(/topsecret/);
});

describe("the process", () => {
  const run = (environment: Record<string, string>) =>
    spawn(process.execPath, ["--import", "tsx", join(__dirname, "../src/index.ts")], {
      env: { PATH: process.env.PATH, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });

  test("a bad environment: one message on standard error, exit code 1, no stack", async () => {
    const child = run({ PORT: "-1", LOG_LEVEL: "loud" });
    let text = "";
    child.stderr.on("data", (chunk) => {
      text += chunk;
    });
    const [code] = await once(child, "exit");
    expect(code).toBe(1);
    expect(text).toMatch(/PORT must be .*\n.*LOG_LEVEL must be/);
    expect(text).not.toContain("    at ");
  });

  test("with STYTCH_BASE_URL set, no emulator starts and every call goes there", async () => {
    const upstream = await startEmulator({ port: 0 });
    const child = run({
      ...STYTCH,
      STYTCH_BASE_URL: upstream.url,
      OPERATOR_ORGANIZATION_ID: upstream.operatorOrganizationId,
      PORT: "0",
      // Taken, so an emulator of the gateway's own could not start.
      EMULATOR_PORT: new URL(upstream.url).port,
    });
    try {
      const url = await listeningAt(createInterface(child.stdout));
      const headers = { authorization: `Bearer ${await upstream.mintM2mToken()}` };
      const answer = await post(url, headers, '{ organization(id: "northwind") { name } }');
      expect(answer.data).toEqual({ organization: { name: "Northwind Traders" } });
      expect(upstream.requests().map(({ route }) => route)).toEqual([
        "GET /v1/b2b/sessions/jwks/:project_id",
        "GET /v1/b2b/organizations/:organization_id",
      ]);
    } finally {
      child.kill("SIGTERM");
      const [code] = await once(child, "exit");
      await upstream.stop();
      expect(code).toBe(0);
    }
  });
});

/** The address in the first log line that names one. */
async function listeningAt(lines: AsyncIterable<string>): Promise<string> {
  for await (const line of lines) {
    const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(line) ?? [];
    if (url) return url;
  }
  throw new Error("The gateway did not start.");
}
