import { type ZodType, z } from "zod";
import { dump, load } from "../state/dump";
import { dumpSchema } from "../state/dump.schema";
import { mintAccessToken, mintSession, signM2mToken } from "../tokens/mint";
import { StytchApiError } from "../wire/errors";
import { parseFields } from "../wire/fields";
import type { JsonObject } from "../wire/json";
import type { Control } from "./control";
import { openapi } from "./openapi";
import type { ControlRoute } from "./route";
import * as schemas from "./schemas";

type Done<Answer extends ZodType> = z.input<Answer> | Promise<z.input<Answer>>;
type Method = ControlRoute["method"];
type Json = ZodType<JsonObject, JsonObject>;

/** A route without a body. */
const plain = <Answer extends Json>(
  method: Method,
  path: string,
  route: {
    summary: string;
    query?: Record<string, string>;
    answer: Answer;
    run: (control: Control, query: URLSearchParams) => Done<Answer>;
  },
): ControlRoute => ({
  method,
  path,
  query: {},
  ...route,
  body: null,
  run: async (control, _, query) => route.run(control, query),
});

/** A route whose body is checked by its schema. */
const withBody = <Body, Answer extends Json>(
  method: Method,
  path: string,
  route: {
    summary: string;
    body: ZodType<Body>;
    answer: Answer;
    run: (control: Control, body: Body) => Done<Answer>;
  },
): ControlRoute => ({
  method,
  path,
  query: {},
  ...route,
  run: async (control, given) => route.run(control, parseFields(route.body, given)),
});

const settingsView = ({ settings }: Control): z.input<typeof schemas.settingsAnswer> => ({
  latency_ms: settings.latencyMs,
  searches_per_minute: settings.searchesPerMinute,
  authorization_url: settings.authorizationUrl,
  dynamic_registration: settings.dynamicRegistration,
  consent_rule: settings.consentRule,
});

const clockView = ({ clock }: Control) => ({ now: clock.now().toISOString() });

/** Everything the control plane offers. The OpenAPI document is made from this table. */
export const controlRoutes: readonly ControlRoute[] = [
  plain("GET", "/openapi.json", {
    summary: "This description",
    answer: z.record(z.string(), z.unknown()),
    run: () => openapi(controlRoutes),
  }),
  plain("GET", "/project", {
    summary: "The project's credentials, and ids and secrets of what was seeded",
    answer: schemas.projectAnswer,
    run: (control) => {
      const { projectId: project_id, secret, url } = control;
      return { project_id, secret, url, seeded: { ...control.seeded() } };
    },
  }),
  plain("POST", "/reset", {
    summary: "Back to the moment of the start: records, settings, clock, keys, faults, recorded requests",
    answer: schemas.nothing,
    run: (control) => {
      control.reset();
      return {};
    },
  }),
  plain("GET", "/state", {
    summary: "Every record of the project. Secrets are hashed, tokens are not",
    answer: dumpSchema,
    run: ({ state }) => dump(state),
  }),
  withBody("PUT", "/state", {
    summary: "Puts these records in the place of all there are",
    body: dumpSchema,
    answer: schemas.nothing,
    run: ({ state }, body) => {
      load(state, body);
      return {};
    },
  }),
  withBody("POST", "/sessions", {
    summary: "Signs a Member in",
    body: schemas.sessionBody,
    answer: schemas.sessionAnswer,
    run: ({ state }, body) =>
      mintSession(state, {
        memberId: body.member_id,
        ...(body.session_duration_minutes !== undefined && { durationMinutes: body.session_duration_minutes }),
        ...(body.age_seconds !== undefined && { ageSeconds: body.age_seconds }),
      }),
  }),
  withBody("POST", "/m2m_tokens", {
    summary: "An access token of an M2M client",
    body: schemas.m2mTokenBody,
    answer: schemas.tokenAnswer,
    run: async (control, body) => {
      const clientId = body.client_id ?? control.seeded()?.operatorService.clientId;
      if (clientId === undefined) throw new StytchApiError("bad_request", "client_id is required with this seed.");
      const { scopes, age_seconds } = body;
      control.state.requireM2mClient(clientId);
      const access_token = await signM2mToken(control.state, {
        clientId,
        ...(scopes && { scopes }),
        ...(age_seconds !== undefined && { ageSeconds: age_seconds }),
      });
      return { access_token };
    },
  }),
  withBody("POST", "/access_tokens", {
    summary: "An access token of a Connected App for one Member",
    body: schemas.accessTokenBody,
    answer: schemas.tokenAnswer,
    run: async ({ state }, { client_id: clientId, member_id: memberId, scopes, age_seconds }) => ({
      access_token: await mintAccessToken(state, {
        clientId,
        memberId,
        scopes,
        ...(age_seconds !== undefined && { ageSeconds: age_seconds }),
      }),
    }),
  }),
  plain("GET", "/faults", {
    summary: "Faults that are still to come",
    answer: schemas.faultsAnswer,
    run: ({ faults }) => ({ faults: faults.list() }),
  }),
  withBody("POST", "/faults", {
    summary: "Makes the next requests of a route go wrong. The oldest matching rule goes first",
    body: schemas.faultRule,
    answer: schemas.faultsAnswer,
    run: ({ faults }, body) => {
      faults.inject(body);
      return { faults: faults.list() };
    },
  }),
  plain("DELETE", "/faults", {
    summary: "Clears every fault",
    answer: schemas.nothing,
    run: ({ faults }) => {
      faults.clear();
      return {};
    },
  }),
  plain("GET", "/settings", {
    summary: "Latency, limits and rules",
    answer: schemas.settingsAnswer,
    run: settingsView,
  }),
  withBody("PATCH", "/settings", {
    summary: "Changes those that are named",
    body: schemas.settingsBody,
    answer: schemas.settingsAnswer,
    run: (control, body) => {
      const { settings } = control;
      settings.latencyMs = body.latency_ms ?? settings.latencyMs;
      settings.searchesPerMinute = body.searches_per_minute ?? settings.searchesPerMinute;
      settings.authorizationUrl = body.authorization_url ?? settings.authorizationUrl;
      settings.dynamicRegistration = body.dynamic_registration ?? settings.dynamicRegistration;
      settings.consentRule = body.consent_rule ?? settings.consentRule;
      return settingsView(control);
    },
  }),
  plain("GET", "/clock", { summary: "The emulator's time", answer: schemas.clockAnswer, run: clockView }),
  withBody("PUT", "/clock", {
    summary: "Moves the emulator's time to a moment",
    body: schemas.clockBody,
    answer: schemas.clockAnswer,
    run: (control, body) => {
      control.clock.set(new Date(body.now));
      return clockView(control);
    },
  }),
  withBody("POST", "/clock/advance", {
    summary: "Moves the emulator's time by seconds",
    body: schemas.advanceBody,
    answer: schemas.clockAnswer,
    run: (control, body) => {
      control.clock.advance(body.seconds * 1000);
      return clockView(control);
    },
  }),
  plain("DELETE", "/clock", {
    summary: "Back to this machine's time",
    answer: schemas.clockAnswer,
    run: (control) => {
      control.clock.reset();
      return clockView(control);
    },
  }),
  plain("GET", "/requests", {
    summary: "Requests that the API received, the oldest first; at least the last 10,000",
    query: { route: "Those of one route only: method and path with `:names`." },
    answer: schemas.requestsAnswer,
    run: ({ log }, query) => ({
      requests: log.list(query.get("route") ?? undefined).map(({ headers, ...entry }) => ({
        ...entry,
        headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value ?? ""])),
      })),
    }),
  }),
  plain("DELETE", "/requests", {
    summary: "Forgets the recorded requests",
    answer: schemas.nothing,
    run: ({ log }) => {
      log.clear();
      return {};
    },
  }),
  plain("POST", "/keys/rotate", {
    summary: "Signs with a new key from here on; the key set serves the old ones as well",
    answer: schemas.keyAnswer,
    run: async ({ state }) => {
      await state.signer.rotate();
      return { kid: String(state.signer.jwks().keys[0]?.kid) };
    },
  }),
];
