import { ConfigError, loadConfig } from "../src/config";

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
    emulator: { port: 4001, latencyMs: 0, searchesPerMinute: 100 },
    databaseUrl: "memory",
    brand: { name: undefined, logoUrl: undefined, color: undefined, supportUrl: undefined },
    otelEndpoint: undefined,
    trustProxy: 0,
    rateLimits: { viewer: 600, organization: 3000, address: 1200 },
    searchesPerMinute: 100,
    directoryMaxAgeSeconds: 15,
    auditRetentionDays: undefined,
    notices: [],
    logLevel: "info",
    production: false,
    introspection: true,
    corsOrigins: ["https://studio.apollographql.com", expect.any(RegExp)],
  });
});

test("the configuration is frozen", () => {
  const config = loadConfig(PRODUCTION);
  const { stytch, corsOrigins, emulator, brand, rateLimits, notices } = config;
  for (const part of [config, stytch, corsOrigins, emulator, brand, rateLimits, notices])
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
    HOST: "http://127.0.0.1",
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
    EMULATOR_SEARCHES_PER_MINUTE: "-1",
    DATABASE_URL: "mysql://db",
    BRAND_NAME: "two\nlines",
    BRAND_LOGO_URL: "https://cdn.example.com:8443/logo.png",
    BRAND_COLOR: "blue",
    SUPPORT_URL: "javascript:alert(1)",
    OTEL_EXPORTER_OTLP_ENDPOINT: "collector:4318",
    OTEL_EXPORTER_OTLP_HEADERS: "key",
    OTEL_SERVICE_NAME: "x".repeat(201),
    TRUST_PROXY: "true",
    RATE_LIMIT_VIEWER: "1.5",
    RATE_LIMIT_ORGANIZATION: "many",
    RATE_LIMIT_ADDRESS: "1000001",
    UPSTREAM_SEARCHES_PER_MINUTE: "x",
    DIRECTORY_MAX_AGE_SECONDS: "301",
    AUDIT_RETENTION_DAYS: "0",
  };
  expect(problems(bad).toSorted()).toEqual([...Object.keys(bad), "STYTCH_SECRET"].toSorted());
});

test.each([
  [
    "a project without its secret",
    { STYTCH_PROJECT_ID: STYTCH.STYTCH_PROJECT_ID },
    ["STYTCH_SECRET", "PUBLIC_URL", "LOGIN_URL"],
  ],
  ["a secret without its project", { STYTCH_SECRET: "s" }, ["STYTCH_PROJECT_ID"]],
  ["a base URL for the emulator", { STYTCH_BASE_URL: "https://login.example.com" }, ["STYTCH_BASE_URL"]],
  [
    "real Stytch without a login page",
    { ...STYTCH, NODE_ENV: "development", PUBLIC_URL: "https://api.example.com" },
    ["LOGIN_URL"],
  ],
  ["both servers on one port", { PORT: "4001" }, ["EMULATOR_PORT"]],
  ["the emulator in production", { NODE_ENV: "production" }, ["STYTCH_PROJECT_ID", "PUBLIC_URL"]],
  ["plain http in production", { ...PRODUCTION, PUBLIC_URL: "http://api.example.com" }, ["PUBLIC_URL"]],
])("refused: %s", (_, environment, names) => {
  expect(problems(environment)).toEqual(names);
});

test("headers for the collector are percent-encoded, and may hold what separates them", () => {
  const of = (text: string) => loadConfig({ OTEL_EXPORTER_OTLP_HEADERS: text }).otelHeaders;
  expect(of("x-api-key=a%2Cb=, x-tenant = one")).toEqual({ "x-api-key": "a,b=", "x-tenant": "one" });
  expect(problems({ OTEL_EXPORTER_OTLP_HEADERS: "key=%zz" })).toEqual(["OTEL_EXPORTER_OTLP_HEADERS"]);
});

test("production: no introspection and no foreign origins unless asked for", () => {
  expect(loadConfig(PRODUCTION)).toMatchObject({ introspection: false, corsOrigins: [], production: true });
  const opened = { ...PRODUCTION, INTROSPECTION: "true", CORS_ORIGINS: "https://a.example, https://b.example/" };
  expect(loadConfig(opened)).toMatchObject({
    introspection: true,
    corsOrigins: ["https://a.example", "https://b.example"],
  });
});

const LIVE = { STYTCH_PROJECT_ID: "project-live-00000000-0000-4000-8000-000000000000", STYTCH_SECRET: "s" };
const PAGES = { PUBLIC_URL: "https://api.example.com", LOGIN_URL: "https://app.example.com/login" };

test.each([
  ["a test project", STYTCH],
  ["a live project", LIVE],
  ["a live project behind a loopback tunnel", { ...LIVE, STYTCH_BASE_URL: "http://127.0.0.1:9999" }],
])("NODE_ENV forgotten with %s: production's rules, and the start says so", (_, credentials) => {
  expect(problems({ ...credentials, LOGIN_URL: PAGES.LOGIN_URL })).toEqual(["PUBLIC_URL"]);
  expect(problems({ ...credentials, ...PAGES, PUBLIC_URL: "http://api.example.com" })).toEqual(["PUBLIC_URL"]);
  const config = loadConfig({ ...credentials, ...PAGES });
  expect(config).toMatchObject({
    production: true,
    introspection: false,
    corsOrigins: [],
    databaseUrl: "file:./data/marketplace-gateway.db",
    notices: [expect.stringContaining("NODE_ENV")],
  });
});

test("a live project never runs in development; a test project may, and a stand-in of Stytch does", () => {
  expect(problems({ ...LIVE, ...PAGES, NODE_ENV: "development" })).toEqual(["NODE_ENV"]);
  const relaxed = { production: false, introspection: true, notices: [] };
  expect(loadConfig({ ...STYTCH, ...PAGES, NODE_ENV: "development" })).toMatchObject(relaxed);
  expect(loadConfig({ ...STYTCH, STYTCH_BASE_URL: "http://127.0.0.1:4001" })).toMatchObject(relaxed);
});

test.each([
  ["STYTCH_PROJECTID", "STYTCH_PROJECT_ID"],
  ["stytch_secret", "STYTCH_SECRET"],
  ["STYTCH_SECERT", "STYTCH_SECRET"],
  ["STYTCH_BASEURL", "STYTCH_BASE_URL"],
])("%s: the start is refused, and names %s", (wrong, right) => {
  expect(() => loadConfig({ [wrong]: "x" })).toThrow(`${wrong} is not read; ${right} is.`);
});

test("beside our credentials a variable of another Stytch program is mentioned, not refused", () => {
  const { notices } = loadConfig({ ...PRODUCTION, STYTCH_PUBLIC_TOKEN: "public-token-test-x" });
  expect(notices).toEqual(["STYTCH_PUBLIC_TOKEN is set, but the gateway reads no such variable"]);
});

test("without them it is refused: it may be meant for one of them, and the emulator would start", () => {
  const rest = "Unset it, or set what is read.";
  expect(() => loadConfig({ STYTCH_PROJECT_SECRET: "x" })).toThrow(
    `STYTCH_PROJECT_SECRET is not read; STYTCH_PROJECT_ID and STYTCH_SECRET are. ${rest}`,
  );
  expect(() => loadConfig({ STYTCH_PROJECT_SECRET: "x", STYTCH_PROJECT_ID: STYTCH.STYTCH_PROJECT_ID })).toThrow(
    `STYTCH_PROJECT_SECRET is not read; STYTCH_SECRET is. ${rest}`,
  );
});

test.each([
  ["file::memory:", "must name a file"],
  ["file::memory:?cache=shared", "must name a file"],
  ["file:ledger.db?mode=memory", "must name a file"],
  ["file:./data/", "must name a file, not a folder"],
  ["file:ledger.db?mode=ro", "takes no parameters"],
  ["file://data/ledger.db", "names a host; write file:./data/ledger.db for a path from here"],
  ["mysql://db", "must be file:PATH or a postgres:// URL"],
])("DATABASE_URL=%s is refused", (url, sentence) => {
  expect(() => loadConfig({ DATABASE_URL: url })).toThrow(`DATABASE_URL ${sentence}`);
});

test.each(["https://login.example.com", "http://127.0.0.1:4001/", "http://[::1]:4001"])("STYTCH_BASE_URL=%s", (url) => {
  const { stytch } = loadConfig({ ...PRODUCTION, STYTCH_BASE_URL: url });
  expect(stytch?.baseUrl).toBe(new URL(url).origin);
});

test.each([
  "https://login.example.com/b2b",
  "https://login.example.com?x=1",
  "http://127.0.0.1:4001/#x",
  "ftp://127.0.0.1",
])("STYTCH_BASE_URL=%s is refused: it would be read in part", (url) => {
  expect(problems({ ...PRODUCTION, STYTCH_BASE_URL: url })).toEqual(["STYTCH_BASE_URL"]);
});

test.each([
  "STYTCH_BASE_URL",
  "PUBLIC_URL",
  "LOGIN_URL",
  "CORS_ORIGINS",
  "BRAND_LOGO_URL",
  "SUPPORT_URL",
  "OTEL_EXPORTER_OTLP_ENDPOINT",
])("%s with a user name or password is refused, and not repeated: it is logged, shown or linked to", (name) => {
  for (const user of ["operator:topsecret", "topsecret", ":topsecret"]) {
    const environment = { ...PRODUCTION, [name]: `https://${user}@host.example.com` };
    expect(problems(environment)).toEqual([name]);
    expect(() => loadConfig(environment)).not.toThrow(/topsecret/);
  }
});

test("the emulator on a public address: the start warns", () => {
  expect(loadConfig({ HOST: "0.0.0.0" }).notices).toEqual([expect.stringMatching(/^HOST is 0\.0\.0\.0: whoever/)]);
  expect(loadConfig({ ...PRODUCTION, HOST: "0.0.0.0" }).notices).toEqual([]);
});

test.each([
  ["0", 0],
  ["2", 2],
  ["10.0.0.0/8, 192.0.2.1, fd00::/8", ["10.0.0.0/8", "192.0.2.1", "fd00::/8"]],
])("TRUST_PROXY=%s", (text, expected) => {
  expect(loadConfig({ TRUST_PROXY: text }).trustProxy).toEqual(expected);
});

test.each(["true", "11", "10.0.0.0/33", "::/129", "proxy.internal", "10.0.0.1,", "10.0.0.0/8/8"])(
  "TRUST_PROXY=%s is refused: it would believe anybody, or nobody",
  (text) => {
    expect(problems({ TRUST_PROXY: text })).toEqual(["TRUST_PROXY"]);
  },
);

test("0 means none where a limit may be switched off", () => {
  const names = [
    "RATE_LIMIT_VIEWER",
    "RATE_LIMIT_ORGANIZATION",
    "RATE_LIMIT_ADDRESS",
    "UPSTREAM_SEARCHES_PER_MINUTE",
    "DIRECTORY_MAX_AGE_SECONDS",
    "EMULATOR_SEARCHES_PER_MINUTE",
  ];
  expect(loadConfig(Object.fromEntries(names.map((name) => [name, "0"])))).toMatchObject({
    rateLimits: { viewer: 0, organization: 0, address: 0 },
    searchesPerMinute: 0,
    directoryMaxAgeSeconds: 0,
    emulator: { searchesPerMinute: 0 },
  });
});

test.each(["redis://:topsecret@cache/ledger", "redis://u:topsecret%@cache", "http://u:topsecret@cache"])(
  "REDIS_URL=%s is refused",
  (url) => {
    expect(problems({ REDIS_URL: url })).toEqual(["REDIS_URL"]);
    expect(problems({ REDIS_URL: "rediss://u:p%40ss@cache:6380/2" })).toEqual([]);
  },
);

test("no message repeats a secret", () => {
  const secrets = {
    STYTCH_SECRET: "secret-test-topsecret",
    REDIS_URL: "http://user:topsecret@cache",
    DATABASE_URL: "mysql://u:topsecret@db",
  };
  expect(() => loadConfig({ ...secrets, STYTCH_PROJECT_ID: "x" })).toThrow(/STYTCH_PROJECT_ID/);
  expect(() => loadConfig({ ...secrets, STYTCH_PROJECT_ID: "x" })).not.toThrow(/topsecret/);
});
