import { type DestinationStream, type Logger, pino } from "pino";

export type { Logger } from "pino";

/** Header and field names whose value is never written, on the logged object itself and one level below. */
const SECRET_KEYS = [
  "authorization",
  "cookie",
  "set-cookie",
  "x-stytch-member-session",
  "x-stytch-member-sessionjwt",
  "session_token",
  "session_jwt",
  "client_secret",
  "next_client_secret",
  "clientSecret",
  "nextClientSecret",
  "secret",
];
const redact = SECRET_KEYS.flatMap((key) => [`["${key}"]`, `*["${key}"]`]);

/** JSON lines on standard output. What must stay secret is not passed to the log at all; redaction is the second net. */
export const createLogger = (level: string, destination?: DestinationStream): Logger =>
  pino({ level, redact: { paths: redact, censor: "[redacted]" }, base: null }, destination ?? process.stdout);
