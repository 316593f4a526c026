import { B2BClient } from "stytch";
import type { Logger } from "../logger";
import type { Metrics } from "../metrics";
import type { Redis } from "../redis";
import { OPERATORS } from "./breaker";
import { Calls } from "./calls";
import { createDirectory } from "./directory";
import type { OnUnknownKey } from "./key-set";
import { UpstreamMeter } from "./meter";
import { createPipeline } from "./pipeline";
import { StytchReads } from "./reads";
import { installSdkFetch } from "./sdk-fetch";
import { createSearchRation } from "./searches";
import { createTokens, type VerifiedM2mToken, type VerifiedSession } from "./tokens";
import { StytchWrites } from "./writes";

export interface StytchOptions {
  projectId: string;
  secret: string;
  /** Unset: Stytch's own, by project id. `https` is a custom domain; `http` is a stand-in on loopback. */
  baseUrl?: string;
  timeoutMs: number;
  coalesce: boolean;
  maxConnections?: number | undefined;
  /** Searches sent for all tenants together, of each endpoint; 0 is no limit. */
  searchesPerMinute: number;
  /** How long an answer of a search may be used again; 0 is never. */
  directoryMaxAgeSeconds: number;
  /** By which the minutes of searches are counted, and remembered answers age. */
  clock?: (() => Date) | undefined;
  redis?: Redis | undefined;
  logger: Logger;
  metrics: Metrics;
}

/** Calls at the same time; further ones queue. Stytch publishes no limit; 256 serve 12,800 calls/s at 20 ms. */
const MAX_CONCURRENCY = 256;

/** One request's own counted view of Stytch. */
export interface StytchClient {
  reads: StytchReads;
  writes: StytchWrites;
}

/** The process's connection to Stytch. */
export interface Stytch {
  client(meter: UpstreamMeter): StytchClient;
  /** Both check on this machine, once they have the key. @throws whatever `isForged` knows, KeySetUnavailable, or what jose says of the times */
  verifySessionJwt(jwt: string, onUnknownKey: OnUnknownKey): Promise<VerifiedSession>;
  verifyM2mToken(token: string, onUnknownKey: OnUnknownKey): Promise<VerifiedM2mToken>;
  close(): Promise<void>;
}

/** @throws Error when this version of the SDK sends its requests past the gateway's limits */
export function createStytch(options: StytchOptions): Stytch {
  const { timeoutMs, coalesce, redis, logger, metrics } = options;
  const clock = options.clock ?? (() => new Date());
  const rationed = createSearchRation({ perMinute: options.searchesPerMinute, clock, metrics, redis });
  const directory = createDirectory({ maxAgeSeconds: options.directoryMaxAgeSeconds, clock, metrics });
  const maxConcurrency = options.maxConnections ?? MAX_CONCURRENCY;
  const pipeline = createPipeline({ timeoutMs, maxConcurrency, coalesce, rationed, logger, metrics });
  const sdkFetch = installSdkFetch();
  const sdk = new B2BClient({
    project_id: options.projectId,
    secret: options.secret,
    // `custom_base_url` takes https only; a plain-http stand-in goes in `env`, for which the SDK warns once.
    ...(options.baseUrl &&
      (options.baseUrl.startsWith("https:") ? { custom_base_url: options.baseUrl } : { env: options.baseUrl })),
    dispatcher: sdkFetch.dispatcher,
  });
  sdkFetch.check(() => sdk.organizations.get({ organization_id: "check" }));
  const client = (meter: UpstreamMeter): StytchClient => {
    const calls = new Calls(sdkFetch, pipeline, logger, meter);
    return { reads: new StytchReads(sdk, calls, directory), writes: new StytchWrites(sdk, calls) };
  };
  return {
    client,
    ...createTokens({
      projectId: options.projectId,
      baseUrl: options.baseUrl,
      // For nobody in particular; what fails here fails for all.
      readKeySet: () => client(new UpstreamMeter(undefined, OPERATORS)).reads.getKeySet(options.projectId),
    }),
    async close() {
      sdkFetch.close();
      await pipeline.close();
    },
  };
}
