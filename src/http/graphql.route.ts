import type { ApolloServer } from "@apollo/server";
import { fastifyApolloHandler } from "@as-integrations/fastify";
import cors from "@fastify/cors";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { readCredentials } from "../caller/credentials";
import type { Identify } from "../caller/identify";
import { Failure } from "../failure";
import type { InWork } from "../graphql/bounds/in-work";
import { GatewayContext } from "../graphql/context";
import { refuseRequest } from "../graphql/format-error";
import type { Ledger } from "../ledger/open";
import type { Logger } from "../logger";
import type { Marketplace } from "../marketplace/marketplace";
import type { Metrics } from "../metrics";
import type { Consent } from "../oauth/consent";
import { reportFault } from "../report";
import type { Watchdog } from "../watchdog";
import { whenOver } from "./client-gone";
import { messagePage } from "./page.message";
import { sendPage } from "./page.route";
import { countCalls, partsOf, type RateLimiter } from "./rate-limit";
import { CANNOT_BE_OPENED, isForPeople } from "./refusals";
import { CONNECTED_APPS } from "./way-back";

export interface GraphqlRouteOptions {
  apollo: ApolloServer<GatewayContext>;
  identify: Identify;
  consent: Consent;
  ledger: Ledger;
  marketplace: Marketplace;
  clock: () => Date;
  metrics: Metrics;
  /** What all requests together are making. */
  inWork: InWork;
  limit: RateLimiter;
  /** Told of every request whose caller is known. */
  watchdog?: Watchdog | undefined;
  publicUrl: string | undefined;
  /** Whether Apollo shows something to a browser that opens the address. */
  hasPage: boolean;
  /** Sites whose scripts may ask here. They may read nothing else, the consent page least of all. */
  corsOrigins: readonly (string | RegExp)[];
}

/** Seconds that a browser may remember what a site may send: Chromium's most. */
const CORS_MAX_AGE = 7200;
/** Headers of an answer that scripts of other sites may read as well. */
const EXPOSED = [
  "RateLimit-Limit",
  "RateLimit-Remaining",
  "RateLimit-Reset",
  "Retry-After",
  "WWW-Authenticate",
  "X-Request-Id",
];

/** `/graphql`: POST answers operations, GET shows Sandbox where it is enabled. */
export async function registerGraphqlRoute(app: FastifyInstance, options: GraphqlRouteOptions): Promise<void> {
  const { apollo, identify, consent, ledger, marketplace, clock, metrics, inWork, limit, corsOrigins, watchdog } =
    options;

  async function context(request: FastifyRequest, reply: FastifyReply): Promise<GatewayContext> {
    try {
      const parts = partsOf(request, reply, limit);
      const caller = await identify(readCredentials(request), parts);
      countCalls(limit, caller, reply);
      if (caller.identity.kind !== "nobody") reply.owedBy = caller;
      if (watchdog) {
        const ended = watchdog.begin(`${request.id} ${caller.name}`);
        whenOver(reply, ended);
      }
      caller.stytch.meter.fresh = /\bno-cache\b/i.test(request.headers["cache-control"] ?? "");
      const origin = options.publicUrl ?? `${request.protocol}://${request.host}`;
      const made = new GatewayContext(caller, consent, ledger, marketplace, clock, origin, inWork);
      made.costlyText = () => parts.gate.costlyText();
      return made;
    } catch (error) {
      reportFault(request.log as Logger, { requestId: request.id }, error);
      if (!(error instanceof Failure)) throw error;
      metrics.operations.inc({ operation: "refused", code: error.code });
      request.log.info({ requestId: request.id, operation: "refused", code: error.code }, "operation");
      if (error.details.retryAfterSeconds !== undefined) reply.header("retry-after", error.details.retryAfterSeconds);
      throw refuseRequest(error, request.id);
    }
  }

  await app.register(
    async (routes) => {
      if (corsOrigins.length > 0) {
        await routes.register(cors, {
          origin: [...corsOrigins],
          credentials: true,
          exposedHeaders: EXPOSED,
          maxAge: CORS_MAX_AGE,
        });
      }
      routes.decorateRequest("spent", null);
      routes.addHook("onSend", complete);
      if (!options.hasPage) routes.addHook("onRequest", turnAwayPeople);
      routes.route({ url: "", method: ["GET", "POST"], handler: fastifyApolloHandler(apollo, { context }) });
    },
    { prefix: "/graphql" },
  );
}

/** A browser that opens the address would get Apollo's advice on headers. What a program sends names the header. */
async function turnAwayPeople(request: FastifyRequest, reply: FastifyReply) {
  if (request.method !== "GET" || !isForPeople(request) || request.headers["apollo-require-preflight"]) return;
  const view = {
    title: CANNOT_BE_OPENED,
    text: ["Programs send their queries here."],
    actions: [CONNECTED_APPS],
    requestId: request.id,
  };
  return sendPage(reply, 400, messagePage(reply.server.layout, view));
}

const NOTHING = { upstreamCalls: 0, coalesced: 0 };

/** What is refused before any plugin of Apollo's sees it lacks the cost, and often the id, that all other answers have. */
async function complete({ id, spent }: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown> {
  // Inside a text the quotes would be escaped.
  if (reply.statusCode < 400 || typeof payload !== "string" || payload.includes('"cost":{"requested":')) return payload;
  if (!String(reply.getHeader("content-type")).includes("json")) return payload;
  const body: { errors?: { extensions?: object }[]; extensions?: object } = JSON.parse(payload);
  const errors = body.errors?.map((error) => ({ ...error, extensions: { ...error.extensions, requestId: id } }));
  const { upstreamCalls, coalesced } = spent ?? NOTHING;
  const cost = { requested: upstreamCalls, upstreamCalls, coalesced, objects: 0 };
  return JSON.stringify({ ...body, errors, extensions: { ...body.extensions, cost } });
}
