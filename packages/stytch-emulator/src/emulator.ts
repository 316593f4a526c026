import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { PROJECT_ID, SECRET } from "./credentials";
import { createFaults, type Faults } from "./faults";
import { type AppTokenOptions, type M2mTokenOptions, mintAccessToken, signM2mToken } from "./mint";
import type { ConsentRule } from "./oauth/consent-rules";
import { operations } from "./operations";
import { createRateLimit } from "./rate-limit";
import { type RecordedRequest, RequestLog } from "./request-log";
import { type Seeded, type SeedSize, seed } from "./seed/seed";
import { createEmulatorServer } from "./server";
import { createSession, sessionJwt } from "./sessions";
import { type Clock, State } from "./state";
import { createSigner } from "./tokens";

export interface EmulatorOptions {
  /** 4001 by default; 0 picks a free one. */
  port?: number;
  /** 127.0.0.1 by default. */
  host?: string;
  /** A generated marketplace; the demo marketplace when left out. */
  seed?: SeedSize;
  /** Added to every answer. */
  latencyMs?: number;
  clock?: Clock;
  /** Where the page behind the project's Authorization URL runs. */
  gatewayUrl?: string;
  /** Whether apps may register themselves; true by default. */
  dynamicRegistration?: boolean;
  /** Beyond it, the searches of Organizations and of Members answer 429. Stytch's 100 by default; 0 means no limit. */
  searchesPerMinute?: number;
  /** When a changed set of scopes asks for consent again; `not-subset` by default. */
  consentRule?: ConsentRule;
}

export interface Emulator {
  readonly url: string;
  readonly projectId: string;
  readonly secret: string;
  readonly operatorOrganizationId: string;
  /** Ids and secrets of what was seeded. */
  readonly seeded: Seeded;
  readonly state: State;
  readonly clock: Clock;
  readonly faults: Faults;
  readonly gatewayUrl: string;
  setGatewayUrl(url: string): void;
  /** Every request so far, or those of one route: `POST /v1/b2b/organizations/search`, with `:names` as in the table. */
  requests(route?: string): RecordedRequest[];
  clearRequests(): void;
  mintSession(options: { memberId: string; durationMinutes?: number }): Promise<MintedSession>;
  /** For the seeded operator service unless another client is named. */
  mintM2mToken(options?: Partial<M2mTokenOptions>): Promise<string>;
  mintAccessToken(options: AppTokenOptions): Promise<string>;
  /** Cuts open connections at once. */
  stop(): Promise<void>;
}

export interface MintedSession {
  session_token: string;
  session_jwt: string;
  member_session_id: string;
}

export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { port = 4001, host = "127.0.0.1", clock = () => new Date(), latencyMs = 0, gatewayUrl = "" } = options;
  const state = new State({ projectId: PROJECT_ID, clock, signer: await createSigner() });
  const log = new RequestLog();
  const faults = createFaults();
  const limit = createRateLimit(clock, options.searchesPerMinute);
  const server = createEmulatorServer({ state, routes: operations, faults, log, latencyMs, limit });

  server.listen(port, host);
  await once(server, "listening");
  const address = server.address() as AddressInfo;
  const url = `http://${host.includes(":") ? `[${host}]` : host}:${address.port}`;
  state.origin = url;
  state.gatewayUrl = gatewayUrl;
  state.consentRule = options.consentRule ?? state.consentRule;
  state.dynamicRegistration = options.dynamicRegistration ?? true;
  const seeded = seed(state, options.seed);

  return {
    url,
    projectId: PROJECT_ID,
    secret: SECRET,
    operatorOrganizationId: seeded.operatorOrganizationId,
    seeded,
    state,
    clock,
    faults,
    get gatewayUrl() {
      return state.gatewayUrl;
    },
    setGatewayUrl: (value) => {
      state.gatewayUrl = value;
    },
    requests: (route) => log.list(route),
    clearRequests: () => log.clear(),
    mintSession: async ({ memberId, durationMinutes }) => {
      const session = createSession(state, state.requireMemberById(memberId), durationMinutes);
      const { session_token, member_session_id } = session;
      return { session_token, member_session_id, session_jwt: await sessionJwt(state, session) };
    },
    mintM2mToken: (token = {}) => signM2mToken(state, { clientId: seeded.operatorService.clientId, ...token }),
    mintAccessToken: (token) => mintAccessToken(state, token),
    stop: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
