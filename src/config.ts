import { z } from "zod";
import {
  databaseUrl,
  httpUrl,
  integer,
  isHttp,
  LOOPBACK_HOSTS,
  listenAddress,
  origin,
  otelHeaders,
  PLAIN_TEXT,
  perMinute,
  pictureUrl,
  proxies,
  safeOrigin,
} from "./config.values";
import { unknownVariables } from "./unknown-variables";

/** The environment after validation. Read once, frozen; README "Configuration" lists every variable. */
export interface Config {
  readonly host: string;
  /** 0 picks a free port. */
  readonly port: number;
  /** Origin that browsers use, without a trailing slash. Unset: `http://HOST:PORT`. */
  readonly publicUrl: string | undefined;
  /** Unset: the embedded emulator is started and used. */
  readonly stytch: { readonly projectId: string; readonly secret: string; readonly baseUrl?: string } | undefined;
  /** Where a browser without a session is sent. Unset only with the emulator, which has its own page. */
  readonly loginUrl: string | undefined;
  /** Members of this Organization with role `stytch_admin` are operators. Unset: services are the only operators. */
  readonly operatorOrganizationId: string | undefined;
  /** Unset: Apollo Sandbox and servers on this machine in development, none in production. */
  readonly corsOrigins: readonly (string | RegExp)[];
  readonly upstreamTimeoutMs: number;
  readonly emulator: {
    readonly port: number;
    readonly latencyMs: number;
    /** 0: as many as anybody likes. */
    readonly searchesPerMinute: number;
  };
  /** The ledger: `file:PATH`, a `postgres:` URL, or `memory`, which only the emulator may use. */
  readonly databaseUrl: string;
  readonly redisUrl: string | undefined;
  /** What people see on our pages. */
  readonly brand: Brand;
  /** Unset: no tracing. */
  readonly otelEndpoint: string | undefined;
  /** Sent with every export: what the collector asks for, often a key. */
  readonly otelHeaders: Readonly<Record<string, string>>;
  readonly otelServiceName: string;
  /** Proxies whose `X-Forwarded-*` are believed: how many stand in front, or their addresses and CIDR blocks. */
  readonly trustProxy: number | readonly string[];
  /** Requests per minute; 0: no limit. */
  readonly rateLimits: RateLimits;
  /** Searches of Members and of Organizations that this project may send to Stytch, each; 0: no limit. */
  readonly searchesPerMinute: number;
  /** How long an answer of a search may be shown again; 0: never. */
  readonly directoryMaxAgeSeconds: number;
  /** Unset: events are kept for ever. */
  readonly auditRetentionDays: number | undefined;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  /** Strict defaults: `NODE_ENV`, or implied by real Stytch. */
  readonly production: boolean;
  readonly introspection: boolean;
  /** Sentences for the start to say: nothing is wrong, but somebody may have meant something else. */
  readonly notices: readonly string[];
}

export interface Brand {
  readonly name: string | undefined;
  readonly logoUrl: string | undefined;
  /** `#rrggbb` */
  readonly color: string | undefined;
  /** An https or mailto URL. */
  readonly supportUrl: string | undefined;
}

export interface RateLimits {
  /** One Member or one operator service. */
  readonly viewer: number;
  /** All Members of one Organization together. */
  readonly organization: number;
  /** Requests without a good credential, by network address. */
  readonly address: number;
}

/** The message lists every problem, so one restart is enough. */
export class ConfigError extends Error {}

export const SANDBOX_ORIGIN = "https://studio.apollographql.com";
const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;
/** Where development servers of frontends listen. */
const LOCALHOST = /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/;
const DEFAULT_DATABASE = "file:./data/marketplace-gateway.db";

const Environment = z
  .object({
    PORT: integer(0, 65_535).default(4000),
    HOST: listenAddress.default("127.0.0.1"),
    STYTCH_PROJECT_ID: z
      .string()
      .regex(/^project-(test|live)-/, "must look like project-test-… or project-live-…")
      .optional(),
    STYTCH_SECRET: z.string().optional(),
    STYTCH_BASE_URL: safeOrigin.optional(),
    PUBLIC_URL: origin.optional(),
    LOGIN_URL: httpUrl.optional(),
    OPERATOR_ORGANIZATION_ID: z
      .string()
      .regex(/^organization-(test|live)-/, "must be an organization id such as organization-test-…")
      .optional(),
    CORS_ORIGINS: z
      .string()
      .transform((list) => list.split(",").map((entry) => entry.trim()))
      .pipe(z.array(origin))
      .optional(),
    UPSTREAM_TIMEOUT_MS: integer(1, 600_000).default(10_000),
    EMULATOR_PORT: integer(0, 65_535).default(4001),
    EMULATOR_LATENCY_MS: integer(0, 60_000).default(0),
    EMULATOR_SEARCHES_PER_MINUTE: perMinute.default(100),
    DATABASE_URL: databaseUrl.optional(),
    REDIS_URL: z
      .string()
      // What follows it is what the client's parser throws at: a database is a number, and % begins two hex digits.
      .refine((value) => isRedis(URL.parse(value)), {
        message: "must be a redis:// or rediss:// URL, percent-encoded, with a database's number as its path if any",
      })
      .optional(),
    BRAND_NAME: z.string().trim().regex(PLAIN_TEXT, "must be 1 to 60 printable characters").optional(),
    BRAND_LOGO_URL: pictureUrl.optional(),
    BRAND_COLOR: z
      .string()
      .regex(/^#[\da-f]{6}$/i, "must be a color such as #1a73e8")
      .optional(),
    SUPPORT_URL: z
      .string()
      .refine((value) => isHttp(value, { loopbackOnly: true }) || /^mailto:[^\s@]+@[^\s@]+$/.test(value), {
        message: "must be an https URL without a user name, or mailto: and an address",
      })
      .optional(),
    OTEL_EXPORTER_OTLP_ENDPOINT: z
      .string()
      .refine((value) => isHttp(value, { loopbackOnly: false }), {
        message: "must be an http or https URL without a user name; OTEL_EXPORTER_OTLP_HEADERS takes credentials",
      })
      .optional(),
    OTEL_EXPORTER_OTLP_HEADERS: otelHeaders.default({}),
    OTEL_SERVICE_NAME: z.string().max(200).default("marketplace-gateway"),
    TRUST_PROXY: proxies.default(0),
    RATE_LIMIT_VIEWER: perMinute.default(600),
    RATE_LIMIT_ORGANIZATION: perMinute.default(3000),
    RATE_LIMIT_ADDRESS: perMinute.default(1200),
    UPSTREAM_SEARCHES_PER_MINUTE: perMinute.default(100),
    DIRECTORY_MAX_AGE_SECONDS: integer(0, 300).default(15),
    AUDIT_RETENTION_DAYS: integer(1, 36_500).optional(),
    LOG_LEVEL: z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(", ")}`).default("info"),
    NODE_ENV: z.enum(["development", "test", "production"], "must be development, test or production").optional(),
    INTROSPECTION: z
      .enum(["true", "false"], "must be true or false")
      .transform((value) => value === "true")
      .optional(),
  })
  .superRefine(
    (env, context) => {
      const problem = (name: string, message: string) => context.addIssue({ code: "custom", path: [name], message });
      const production = isProduction(env);
      const because = production && env.NODE_ENV === undefined ? IMPLIED : "in production";
      if (isLive(env) && env.NODE_ENV !== undefined && env.NODE_ENV !== "production")
        problem("NODE_ENV", "must be production with a live project; take a test project for anything else");
      if (env.STYTCH_PROJECT_ID && !env.STYTCH_SECRET)
        problem("STYTCH_SECRET", "must be set when STYTCH_PROJECT_ID is");
      if (env.STYTCH_SECRET && !env.STYTCH_PROJECT_ID)
        problem("STYTCH_PROJECT_ID", "must be set when STYTCH_SECRET is");
      if (production && !env.STYTCH_PROJECT_ID && !env.STYTCH_SECRET) {
        problem("STYTCH_PROJECT_ID", "and STYTCH_SECRET must be set in production, where the emulator never starts");
      }
      if (env.STYTCH_BASE_URL && !env.STYTCH_PROJECT_ID) {
        problem("STYTCH_BASE_URL", "needs STYTCH_PROJECT_ID and STYTCH_SECRET; without them the emulator is used");
      }
      if (production && !env.PUBLIC_URL?.startsWith("https://"))
        problem("PUBLIC_URL", `must be an https origin ${because}`);
      if (!env.STYTCH_PROJECT_ID && !env.STYTCH_SECRET && env.PORT !== 0 && env.PORT === env.EMULATOR_PORT)
        problem("EMULATOR_PORT", `must differ from PORT, which is ${env.PORT} too`);
      if (env.STYTCH_PROJECT_ID && !env.LOGIN_URL && !isStandIn(env.STYTCH_BASE_URL)) {
        problem("LOGIN_URL", "must be set: without a session, /oauth/authorize sends the browser there");
      }
    },
    // By default zod leaves these rules out as soon as one variable is bad.
    { when: () => true },
  );

const isRedis = (url: URL | null): boolean =>
  url !== null &&
  /^rediss?:$/.test(url.protocol) &&
  /^(\/\d*)?$/.test(url.pathname) &&
  !/%(?![\da-f]{2})/i.test(url.username + url.password);

/** A loopback http base URL is a stand-in such as our emulator, which serves its login page itself. */
const isStandIn = (baseUrl: string | undefined) => baseUrl?.startsWith("http:") ?? false;

/** Said where a strict rule applies although nobody asked for production. */
const IMPLIED = "with real Stytch, which counts as production unless NODE_ENV says development";

interface Stage {
  NODE_ENV?: "development" | "test" | "production" | undefined;
  STYTCH_PROJECT_ID?: string | undefined;
  STYTCH_BASE_URL?: string | undefined;
}

const isLive = ({ STYTCH_PROJECT_ID }: Stage) => STYTCH_PROJECT_ID?.startsWith("project-live-") ?? false;

/** A forgotten NODE_ENV must not open a real project: only the emulator, or a stand-in of it, starts relaxed. */
function isProduction(stage: Stage): boolean {
  if (isLive(stage)) return true;
  if (stage.NODE_ENV !== undefined) return stage.NODE_ENV === "production";
  return stage.STYTCH_PROJECT_ID !== undefined && !isStandIn(stage.STYTCH_BASE_URL);
}

/** @throws {ConfigError} listing every problem. An empty value counts as unset. */
export function loadConfig(environment: NodeJS.ProcessEnv): Config {
  const set = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ""),
  );
  const result = Environment.safeParse(set);
  const unknown = unknownVariables(Object.keys(set), Object.keys(Environment.shape));
  if (!result.success || unknown.misspelt.length > 0) {
    const issues = result.error?.issues.map((issue) => `${String(issue.path[0])} ${issue.message}`) ?? [];
    const lines = [...new Set([...issues, ...unknown.misspelt])].map((line) => `  ${line}.`);
    throw new ConfigError(`The environment has ${lines.length === 1 ? "a problem" : "problems"}:\n${lines.join("\n")}`);
  }
  const env = result.data;
  const production = isProduction(env);
  const { STYTCH_PROJECT_ID: projectId, STYTCH_SECRET: secret, STYTCH_BASE_URL: baseUrl } = env;
  return Object.freeze<Config>({
    host: env.HOST,
    port: env.PORT,
    publicUrl: env.PUBLIC_URL,
    stytch: projectId && secret ? Object.freeze({ projectId, secret, ...(baseUrl && { baseUrl }) }) : undefined,
    loginUrl: env.LOGIN_URL ?? (baseUrl && isStandIn(baseUrl) ? new URL("/login", baseUrl).href : undefined),
    operatorOrganizationId: env.OPERATOR_ORGANIZATION_ID,
    corsOrigins: Object.freeze(env.CORS_ORIGINS ?? (production ? [] : [SANDBOX_ORIGIN, LOCALHOST])),
    upstreamTimeoutMs: env.UPSTREAM_TIMEOUT_MS,
    emulator: Object.freeze({
      port: env.EMULATOR_PORT,
      latencyMs: env.EMULATOR_LATENCY_MS,
      searchesPerMinute: env.EMULATOR_SEARCHES_PER_MINUTE,
    }),
    databaseUrl: env.DATABASE_URL ?? (projectId ? DEFAULT_DATABASE : "memory"),
    redisUrl: env.REDIS_URL,
    brand: Object.freeze({
      name: env.BRAND_NAME,
      logoUrl: env.BRAND_LOGO_URL,
      color: env.BRAND_COLOR?.toLowerCase(),
      supportUrl: env.SUPPORT_URL,
    }),
    otelEndpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT,
    otelHeaders: Object.freeze(env.OTEL_EXPORTER_OTLP_HEADERS),
    otelServiceName: env.OTEL_SERVICE_NAME,
    trustProxy: Object.freeze(env.TRUST_PROXY),
    rateLimits: Object.freeze({
      viewer: env.RATE_LIMIT_VIEWER,
      organization: env.RATE_LIMIT_ORGANIZATION,
      address: env.RATE_LIMIT_ADDRESS,
    }),
    searchesPerMinute: env.UPSTREAM_SEARCHES_PER_MINUTE,
    directoryMaxAgeSeconds: env.DIRECTORY_MAX_AGE_SECONDS,
    auditRetentionDays: env.AUDIT_RETENTION_DAYS,
    logLevel: env.LOG_LEVEL,
    production,
    introspection: env.INTROSPECTION ?? !production,
    notices: Object.freeze([
      ...unknown.others.map((name) => `${name} is set, but the gateway reads no such variable`),
      ...(production && env.NODE_ENV === undefined ? [`NODE_ENV is unset: production's rules hold ${IMPLIED}`] : []),
      ...(!projectId && !LOOPBACK_HOSTS.has(env.HOST)
        ? [`HOST is ${env.HOST}: whoever reaches it can act as anybody, because the emulator's credentials are public`]
        : []),
    ]),
  });
}
