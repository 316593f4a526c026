import { GraphQLClient } from "graphql-request";
import { type Emulator, type EmulatorOptions, startEmulator } from "stytch-emulator";
import { loadConfig, type RateLimits } from "../../src/config";
import { type GatewayConfig, startGateway } from "../../src/gateway";
import { createLogger } from "../../src/logger";

export interface TestGateway {
  url: string;
  emulator: Emulator;
  /** Lines that the gateway logged, parsed. */
  logs: Record<string, unknown>[];
  /** A typed client with these headers. */
  client(headers?: Record<string, string>): GraphQLClient;
  /** A typed client that carries a Member's session JWT. */
  as(memberId: string): Promise<GraphQLClient>;
  /** A typed client of an operator service with these scopes (all by default). */
  asService(scopes?: string[]): Promise<GraphQLClient>;
  /** Upstream requests since the last call, as `METHOD route`, without key set downloads. */
  calls(): string[];
  stop(): Promise<void>;
}

export interface TestGatewayOptions {
  emulator?: EmulatorOptions;
  config?: Partial<GatewayConfig>;
  /** By which authorization requests expire. */
  clock?: () => Date;
  /** Those left out are the defaults. */
  rateLimits?: Partial<RateLimits>;
  maxConnections?: number;
  upkeepEveryMs?: number;
}

/** `EXECUTOR=graphql-js npm test` runs the same tests without compiled execution. */
const compileAfter = process.env.EXECUTOR === "graphql-js" ? Number.POSITIVE_INFINITY : 0;

const JWKS_ROUTE = "/v1/b2b/sessions/jwks/:project_id";

/** Emulator and gateway on free ports, talking real HTTP. Nothing of ours is mocked. */
export async function startTestGateway(options: TestGatewayOptions = {}): Promise<TestGateway> {
  // Tests ask in bursts: the limit on searches is off unless a test is about it.
  const emulator = await startEmulator({ port: 0, searchesPerMinute: 0, ...options.emulator });
  const logs: Record<string, unknown>[] = [];
  const logger = createLogger("trace", { write: (line) => void logs.push(JSON.parse(line)) });
  const config = loadConfig({
    PORT: "0",
    NODE_ENV: "test",
    UPSTREAM_SEARCHES_PER_MINUTE: "0",
    DIRECTORY_MAX_AGE_SECONDS: "0",
  });
  const gateway = await startGateway(
    {
      ...config,
      rateLimits: { ...config.rateLimits, ...options.rateLimits },
      stytch: { projectId: emulator.projectId, secret: emulator.secret, baseUrl: `${emulator.url}/` },
      loginUrl: `${emulator.url}/login`,
      operatorOrganizationId: emulator.operatorOrganizationId,
      ...options.config,
    },
    {
      logger,
      compileAfter,
      // The tests share their process with emulator and compiler, and a busy machine.
      maxLateMs: Number.POSITIVE_INFINITY,
      ...(options.clock && { clock: options.clock }),
      ...(options.maxConnections && { maxConnections: options.maxConnections }),
      ...(options.upkeepEveryMs && { upkeepEveryMs: options.upkeepEveryMs }),
    },
  );
  emulator.setGatewayUrl(gateway.url);
  const client = (headers: Record<string, string> = {}) =>
    new GraphQLClient(`${gateway.url}/graphql`, { headers, errorPolicy: "none" });
  const bearer = (token: string) => client({ authorization: `Bearer ${token}` });
  return {
    url: gateway.url,
    emulator,
    logs,
    client,
    as: async (memberId) => bearer((await emulator.mintSession({ memberId })).session_jwt),
    asService: async (scopes) => bearer(await emulator.mintM2mToken(scopes && { scopes })),
    calls() {
      const routes = emulator.requests().map(({ route, method, path }) => route ?? `${method} ${path}`);
      emulator.clearRequests();
      return routes.filter((route) => !route.endsWith(JWKS_ROUTE));
    },
    async stop() {
      await gateway.stop();
      await emulator.stop();
    },
  };
}
