import { z } from "zod";

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
  /** Unset: Apollo Sandbox in development, none in production. */
  readonly corsOrigins: readonly string[];
  readonly upstreamTimeoutMs: number;
  /** Searches of Members, and as many of Organizations, for all tenants and replicas together; 0 is no limit. */
  readonly searchesPerMinute: number;
  readonly emulator: { readonly port: number; readonly latencyMs: number };
  readonly redisUrl: string | undefined;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  readonly production: boolean;
  readonly introspection: boolean;
}

/** The message lists every problem, so one restart is enough. */
export class ConfigError extends Error {}

export const SANDBOX_ORIGIN = "https://studio.apollographql.com";
const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;
const LOOPBACK_HOSTS = new Set(["127.0.0.1", "localhost", "[::1]"]);

const isHttp = (url: string, { loopbackOnly }: { loopbackOnly: boolean }) => {
  const parsed = URL.parse(url);
  if (parsed?.protocol === "https:") return true;
  return parsed?.protocol === "http:" && (!loopbackOnly || LOOPBACK_HOSTS.has(parsed.hostname));
};

const integer = (min: number, max: number) => {
  const message = `must be a whole number from ${min} to ${max}`;
  return z.string().regex(/^\d+$/, message).transform(Number).pipe(z.number().min(min, message).max(max, message));
};
const origin = z
  .string()
  .refine((value) => isHttp(value, { loopbackOnly: false }) && URL.parse(value)?.origin === value.replace(/\/$/, ""), {
    message: "must be an origin such as https://api.example.com, without a path",
  })
  .transform((value) => value.replace(/\/$/, ""));
const httpUrl = z.string().refine((value) => isHttp(value, { loopbackOnly: true }), {
  message: "must be an https URL (http only for 127.0.0.1, [::1] or localhost)",
});

const Environment = z
  .object({
    PORT: integer(0, 65_535).default(4000),
    HOST: z.string().default("127.0.0.1"),
    STYTCH_PROJECT_ID: z
      .string()
      .regex(/^project-(test|live)-/, "must look like project-test-… or project-live-…")
      .optional(),
    STYTCH_SECRET: z.string().optional(),
    STYTCH_BASE_URL: httpUrl.optional(),
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
    UPSTREAM_SEARCHES_PER_MINUTE: integer(0, 1_000_000).default(100),
    EMULATOR_PORT: integer(0, 65_535).default(4001),
    EMULATOR_LATENCY_MS: integer(0, 60_000).default(0),
    REDIS_URL: z
      .string()
      .refine((value) => ["redis:", "rediss:"].includes(URL.parse(value)?.protocol ?? ""), {
        message: "must be a redis:// or rediss:// URL",
      })
      .optional(),
    LOG_LEVEL: z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(", ")}`).default("info"),
    NODE_ENV: z
      .enum(["development", "test", "production"], "must be development, test or production")
      .default("development"),
    INTROSPECTION: z
      .enum(["true", "false"], "must be true or false")
      .transform((value) => value === "true")
      .optional(),
  })
  .superRefine(
    (env, context) => {
      const problem = (name: string, message: string) => context.addIssue({ code: "custom", path: [name], message });
      const production = env.NODE_ENV === "production";
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
        problem("PUBLIC_URL", "must be an https origin in production");
      if (env.STYTCH_PROJECT_ID && !env.LOGIN_URL && !isStandIn(env.STYTCH_BASE_URL)) {
        problem("LOGIN_URL", "must be set: without a session, /oauth/authorize sends the browser there");
      }
    },
    // By default zod leaves these rules out as soon as one variable is bad.
    { when: () => true },
  );

/** A loopback http base URL is a stand-in such as our emulator, which serves its login page itself. */
const isStandIn = (baseUrl: string | undefined) => baseUrl?.startsWith("http:") ?? false;

/** @throws {ConfigError} listing every problem. An empty value counts as unset. */
export function loadConfig(environment: NodeJS.ProcessEnv): Config {
  const set = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ""),
  );
  const result = Environment.safeParse(set);
  if (!result.success) {
    const lines = [...new Set(result.error.issues.map((issue) => `  ${String(issue.path[0])} ${issue.message}.`))];
    throw new ConfigError(`The environment has ${lines.length === 1 ? "a problem" : "problems"}:\n${lines.join("\n")}`);
  }
  const env = result.data;
  const production = env.NODE_ENV === "production";
  const { STYTCH_PROJECT_ID: projectId, STYTCH_SECRET: secret, STYTCH_BASE_URL: baseUrl } = env;
  return Object.freeze<Config>({
    host: env.HOST,
    port: env.PORT,
    publicUrl: env.PUBLIC_URL,
    stytch: projectId && secret ? Object.freeze({ projectId, secret, ...(baseUrl && { baseUrl }) }) : undefined,
    loginUrl: env.LOGIN_URL ?? (baseUrl && isStandIn(baseUrl) ? new URL("/login", baseUrl).href : undefined),
    operatorOrganizationId: env.OPERATOR_ORGANIZATION_ID,
    corsOrigins: Object.freeze(env.CORS_ORIGINS ?? (production ? [] : [SANDBOX_ORIGIN])),
    upstreamTimeoutMs: env.UPSTREAM_TIMEOUT_MS,
    searchesPerMinute: env.UPSTREAM_SEARCHES_PER_MINUTE,
    emulator: Object.freeze({ port: env.EMULATOR_PORT, latencyMs: env.EMULATOR_LATENCY_MS }),
    redisUrl: env.REDIS_URL,
    logLevel: env.LOG_LEVEL,
    production,
    introspection: env.INTROSPECTION ?? !production,
  });
}
