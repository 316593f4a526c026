import { loadConfig } from "../src/config";

const project = { STYTCH_PROJECT_ID: "project-test-1", STYTCH_SECRET: "s" };

test("an empty environment means the emulator, on loopback", () => {
  expect(loadConfig({})).toMatchObject({
    host: "127.0.0.1",
    port: 4000,
    stytch: undefined,
    upstreamTimeoutMs: 10_000,
    emulator: { port: 4001, latencyMs: 0 },
    corsOrigins: ["https://studio.apollographql.com"],
    logLevel: "info",
    production: false,
    introspection: true,
  });
  expect(loadConfig({ PORT: "", STYTCH_PROJECT_ID: "" })).toEqual(loadConfig({}));
});

test("production hides the schema and lets no browser origin in", () => {
  const environment = {
    ...project,
    NODE_ENV: "production",
    PUBLIC_URL: "https://apps.example.com/",
    LOGIN_URL: "https://www.example.com/login",
  };
  expect(loadConfig(environment)).toMatchObject({
    production: true,
    introspection: false,
    corsOrigins: [],
    publicUrl: "https://apps.example.com",
  });
  expect(loadConfig({ ...environment, INTROSPECTION: "true" }).introspection).toBe(true);
});

test("a stand-in on loopback brings its own login page", () => {
  const { loginUrl } = loadConfig({ ...project, STYTCH_BASE_URL: "http://127.0.0.1:4001/" });
  expect(loginUrl).toBe("http://127.0.0.1:4001/login");
});

test("one message lists every problem, of single variables and of their combination", () => {
  const environment = {
    PORT: "65536",
    STYTCH_SECRET: "s",
    STYTCH_BASE_URL: "http://stytch.example/",
    PUBLIC_URL: "https://example.com/path",
    CORS_ORIGINS: "a,b",
    UPSTREAM_TIMEOUT_MS: "0",
    EMULATOR_LATENCY_MS: "1.5",
    OPERATOR_ORGANIZATION_ID: "acme",
    REDIS_URL: "http://127.0.0.1",
    LOG_LEVEL: "loud",
    NODE_ENV: "prod",
    INTROSPECTION: "yes",
  };
  expect(() => loadConfig(environment)).toThrow(
    [
      "The environment has problems:",
      "  PORT must be a whole number from 0 to 65535.",
      "  STYTCH_BASE_URL must be an https URL (http only for 127.0.0.1, [::1] or localhost).",
      "  PUBLIC_URL must be an origin such as https://api.example.com, without a path.",
      "  OPERATOR_ORGANIZATION_ID must be an organization id such as organization-test-….",
      "  CORS_ORIGINS must be an origin such as https://api.example.com, without a path.",
      "  UPSTREAM_TIMEOUT_MS must be a whole number from 1 to 600000.",
      "  EMULATOR_LATENCY_MS must be a whole number from 0 to 60000.",
      "  REDIS_URL must be a redis:// or rediss:// URL.",
      "  LOG_LEVEL must be one of fatal, error, warn, info, debug, trace, silent.",
      "  NODE_ENV must be development, test or production.",
      "  INTROSPECTION must be true or false.",
      "  STYTCH_PROJECT_ID must be set when STYTCH_SECRET is.",
      "  STYTCH_BASE_URL needs STYTCH_PROJECT_ID and STYTCH_SECRET; without them the emulator is used.",
    ].join("\n"),
  );
});

test.each([
  [project, "LOGIN_URL must be set"],
  [{ STYTCH_PROJECT_ID: "project-test-1" }, "STYTCH_SECRET must be set"],
  [{ NODE_ENV: "production" }, "the emulator never starts"],
  [{ NODE_ENV: "production", ...project, PUBLIC_URL: "http://apps.example.com" }, "must be an https origin"],
])("%j: %s", (environment, message) => {
  expect(() => loadConfig(environment)).toThrow(message);
});
