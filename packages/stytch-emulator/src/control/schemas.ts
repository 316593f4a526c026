import { z } from "zod";

const text = z.string();
const age = z.int().min(0).exactOptional().describe("How long ago it was issued, in seconds of the emulator's clock.");

export const nothing = z.object({}).describe("An empty object.");

export const sessionBody = z.object({
  member_id: text.describe("The id of any Member that is not deleted."),
  session_duration_minutes: z.int().min(5).max(527_040).exactOptional().describe("60 when left out."),
  age_seconds: age,
});
export const sessionAnswer = z.object({
  session_token: text.describe("Opaque; good as long as the session lives."),
  session_jwt: text.describe("Good for five minutes from the session's start."),
  member_session_id: text,
});

export const m2mTokenBody = z.object({
  client_id: text.exactOptional().describe("An M2M client; the seeded operator service when left out."),
  scopes: z.array(text).exactOptional().describe("All scopes of the client when left out."),
  age_seconds: age,
});
export const accessTokenBody = z.object({
  client_id: text.describe("A Connected App."),
  member_id: text.describe("The Member who gave access."),
  scopes: z.array(text).describe("Not checked against what may be granted."),
  age_seconds: age,
});
export const tokenAnswer = z.object({ access_token: text });

const times = z.int().min(1).exactOptional().describe("How many requests it hits; 1 when left out.");
export const faultRule = z.object({
  route: text.describe("Method and path with `:names`, as recorded requests show it, or `*` for every route."),
  times,
  fault: z
    .discriminatedUnion("kind", [
      z
        .object({
          kind: z.literal("status"),
          status: z.int().min(200).max(599),
          errorType: text.exactOptional(),
          retryAfter: z.int().min(0).exactOptional(),
          body: text.exactOptional(),
        })
        .describe("An error in the API's shape, or `body` instead of it."),
      z.object({ kind: z.literal("hang") }).describe("Never answers."),
      z.object({ kind: z.literal("reset") }).describe("Cuts the connection; nothing happens."),
      z.object({ kind: z.literal("reset-after-effect") }).describe("It happens, and the answer is lost."),
      z
        .object({ kind: z.literal("body"), body: text, status: z.int().min(200).max(599).exactOptional() })
        .describe("Sends this text as it is."),
      z
        .object({
          kind: z.literal("delay"),
          ms: z.int().min(0).max(600_000),
          afterEffect: z.boolean().exactOptional(),
        })
        .describe("Answers properly, later. It happens after the delay, or with `afterEffect` before it."),
    ])
    .describe("What goes wrong."),
});
export const faultsAnswer = z.object({ faults: z.array(faultRule) });

const settings = {
  latency_ms: z.int().min(0).max(60_000).describe("Added to every answer of the API."),
  searches_per_minute: z.int().min(0).describe("For each of the two searches that are limited; 0 means no limit."),
  authorization_url: z.union([z.literal(""), z.url()]).describe("The project's Authorization URL."),
  dynamic_registration: z.boolean().describe("Whether apps may register themselves."),
  consent_rule: z.enum(["not-subset", "not-equal"]).describe("When a changed set of scopes asks for consent again."),
};
export const settingsAnswer = z.object(settings);
export const settingsBody = z.object({
  latency_ms: settings.latency_ms.exactOptional(),
  searches_per_minute: settings.searches_per_minute.exactOptional(),
  authorization_url: settings.authorization_url.exactOptional(),
  dynamic_registration: settings.dynamic_registration.exactOptional(),
  consent_rule: settings.consent_rule.exactOptional(),
});

export const clockAnswer = z.object({ now: z.iso.datetime().describe("The emulator's time. It keeps running.") });
export const clockBody = z.object({ now: z.iso.datetime({ offset: true }).describe("The time to move to.") });
export const advanceBody = z.object({ seconds: z.number().describe("Added to the emulator's time; may be negative.") });

const recorded = z.object({
  route: text.nullable().describe("Method and path with `:names`; `null` for a route that does not exist."),
  method: text,
  path: text.describe("As sent, still percent-encoded."),
  query: z.record(text, text),
  headers: z.record(text, z.union([text, z.array(text)])),
  body: z.unknown().describe("Parsed; the text as it came when it cannot be."),
  status: z.int().nullable().describe("`null` while it runs, and when it never got an answer."),
});
export const requestsAnswer = z.object({ requests: z.array(recorded) });

export const projectAnswer = z.object({
  project_id: text,
  secret: text,
  url: text.describe("The base URL for an SDK."),
  seeded: z
    .record(text, z.unknown())
    .nullable()
    .describe("Ids and secrets of the seed; `null` for a seed of one's own."),
});
export const keyAnswer = z.object({ kid: text.describe("The key that signs from now on.") });
