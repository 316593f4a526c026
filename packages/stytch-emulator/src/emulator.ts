import { once } from "node:events";
import type { RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { type AdjustableClock, type Clock, createClock } from "./clock";
import type { Control } from "./control/control";
import { serveControl } from "./control/serve";
import type { ConsentRule } from "./oauth/consent-rules";
import { operations } from "./operations";
import { originOf } from "./origin";
import { plant, type Seed, type Seeded } from "./seed/seed";
import { authorizationUrlOf, DEFAULTS, type Settings } from "./settings";
import { dump } from "./state/dump";
import type { Dump } from "./state/dump.schema";
import { State } from "./state/state";
import {
  type AppTokenOptions,
  type M2mTokenOptions,
  type MintedSession,
  mintAccessToken,
  mintSession,
  type SessionOptions,
  signM2mToken,
} from "./tokens/mint";
import { createSigner } from "./tokens/signer";
import { PROJECT_ID, SECRET } from "./wire/credentials";
import { createFaults, type Faults } from "./wire/faults";
import { createRateLimit } from "./wire/rate-limit";
import { type RecordedRequest, RequestLog } from "./wire/request-log";
import { createEmulatorServer } from "./wire/server";

export interface EmulatorOptions {
  /** 4001 by default; 0 picks a free one. */
  port?: number;
  /** 127.0.0.1 by default. */
  host?: string;
  /** `demo` by default. */
  seed?: Seed;
  /** Added to every answer. */
  latencyMs?: number;
  /** What the emulator's own clock runs by; this machine's time by default. */
  clock?: Clock;
  /** The project's Authorization URL: the page that asks for consent. */
  authorizationUrl?: string;
  /** The origin of a gateway whose page is at `/oauth/authorize`, instead of `authorizationUrl`. */
  gatewayUrl?: string;
  /** Whether apps may register themselves; true by default. */
  dynamicRegistration?: boolean;
  /** Beyond it, the searches of Organizations and of Members answer 429. Stytch's 100 by default; 0 means no limit. */
  searchesPerMinute?: number;
  /** When a changed set of scopes asks for consent again; `not-subset` by default. */
  consentRule?: ConsentRule;
  /** Opens the control plane to other machines. */
  exposeControl?: boolean;
}

export interface Emulator {
  readonly url: string;
  readonly projectId: string;
  readonly secret: string;
  readonly operatorOrganizationId: string;
  /** Ids and secrets of what was seeded. Throws for a seed that is empty or came from a file. */
  readonly seeded: Seeded;
  readonly state: State;
  /** The emulator's time; `advance`, `set` and `reset` move it. */
  readonly clock: AdjustableClock;
  readonly faults: Faults;
  /** Takes effect with the next request. */
  readonly settings: Settings;
  /** The origin of the Authorization URL. */
  readonly gatewayUrl: string;
  /** Stays through a reset. */
  setGatewayUrl(url: string): void;
  /** Lets another program answer at this path and below, such as a demo app that needs no port of its own. */
  serve(path: string, listener: RequestListener): void;
  /** Every request so far, or those of one route: `POST /v1/b2b/organizations/search`, with `:names` as in the table. */
  requests(route?: string): RecordedRequest[];
  clearRequests(): void;
  mintSession(options: SessionOptions): Promise<MintedSession>;
  /** For the seeded operator service unless another client is named. */
  mintM2mToken(options?: Partial<M2mTokenOptions>): Promise<string>;
  mintAccessToken(options: AppTokenOptions): Promise<string>;
  /** Signs with a new key from here on; the key set serves the old ones as well. */
  rotateKeys(): Promise<void>;
  /** Back to the moment of the start: records, settings, clock, keys, faults and recorded requests. */
  reset(): void;
  /** Every record, as JSON; `startEmulator({ seed })` takes it. */
  dump(): Dump;
  /** Cuts open connections at once. */
  stop(): Promise<void>;
}

/** Rejects with the system's error (`EADDRINUSE`) when it cannot listen. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { port = 4001, host = "127.0.0.1", seed = "demo", exposeControl = false } = options;
  const atStart = settingsFrom(options);
  const settings = { ...atStart };
  const clock = createClock(options.clock ?? (() => new Date()));
  const signer = await createSigner();
  const state = new State({ projectId: PROJECT_ID, clock: clock.now, signer, settings });
  const log = new RequestLog();
  const faults = createFaults();
  const limit = createRateLimit(clock.now, settings);
  const guests = new Map<string, RequestListener>();
  const server = createEmulatorServer({
    state,
    routes: operations,
    faults,
    log,
    limit,
    guests,
    control: (incoming, path, query) => serveControl(control, exposeControl, incoming, path, query),
  });

  server.listen(port, host);
  await once(server, "listening");
  const address = server.address() as AddressInfo;
  const url = originOf(host, address.port);
  state.origin = url;
  let seeded: Seeded | null;
  try {
    seeded = plant(state, seed);
  } catch (error) {
    server.close();
    throw error;
  }

  const control: Control = {
    projectId: PROJECT_ID,
    secret: SECRET,
    url,
    state,
    clock,
    settings,
    faults,
    log,
    seeded: () => seeded,
    reset: () => {
      clock.reset();
      Object.assign(settings, atStart);
      for (const part of [faults, log, limit, state]) part.clear();
      signer.reset();
      seeded = plant(state, seed);
    },
  };
  const requireSeeded = (): Seeded => {
    if (!seeded) throw new Error("Nothing is known of this seed; only the generated ones come with ids.");
    return seeded;
  };

  return {
    url,
    projectId: PROJECT_ID,
    secret: SECRET,
    get operatorOrganizationId() {
      return requireSeeded().operatorOrganizationId;
    },
    get seeded() {
      return requireSeeded();
    },
    state,
    clock,
    faults,
    settings,
    get gatewayUrl() {
      return settings.authorizationUrl && new URL(settings.authorizationUrl).origin;
    },
    setGatewayUrl: (value) => {
      atStart.authorizationUrl = authorizationUrlOf(value);
      settings.authorizationUrl = atStart.authorizationUrl;
    },
    serve: (path, listener) => void guests.set(path, listener),
    requests: (route) => log.list(route),
    clearRequests: () => log.clear(),
    mintSession: (session) => mintSession(state, session),
    mintM2mToken: async (token = {}) =>
      signM2mToken(state, { ...token, clientId: token.clientId ?? requireSeeded().operatorService.clientId }),
    mintAccessToken: async (token) => mintAccessToken(state, token),
    rotateKeys: () => signer.rotate(),
    reset: control.reset,
    dump: () => dump(state),
    stop: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

const settingsFrom = (options: EmulatorOptions): Settings => ({
  latencyMs: options.latencyMs ?? DEFAULTS.latencyMs,
  searchesPerMinute: options.searchesPerMinute ?? DEFAULTS.searchesPerMinute,
  authorizationUrl: options.authorizationUrl ?? authorizationUrlOf(options.gatewayUrl ?? ""),
  dynamicRegistration: options.dynamicRegistration ?? DEFAULTS.dynamicRegistration,
  consentRule: options.consentRule ?? DEFAULTS.consentRule,
});
