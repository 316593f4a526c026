import { StytchApiError } from "./errors";

export const PROJECT_ID = "project-test-00000000-0000-4000-8000-000000000000";
export const SECRET = "secret-test-emulator";

export interface BasicCredentials {
  username: string;
  password: string;
}

export function parseBasic(authorization: string | undefined): BasicCredentials | null {
  const [, encoded] = /^Basic ([A-Za-z0-9+/=_-]+)$/i.exec(authorization ?? "") ?? [];
  if (encoded === undefined) return null;
  const text = Buffer.from(encoded, "base64").toString("utf8");
  const colon = text.indexOf(":");
  return colon < 0 ? null : { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

const EXPECTED_HEADER = `Basic ${Buffer.from(`${PROJECT_ID}:${SECRET}`).toString("base64")}`;

/** The credentials are fixed and public: a plain comparison gives nothing away. */
export function checkProjectCredentials(authorization: string | undefined): void {
  if (authorization === EXPECTED_HEADER) return;
  const given = parseBasic(authorization);
  if (given?.username !== PROJECT_ID || given.password !== SECRET) {
    throw new StytchApiError("unauthorized_credentials");
  }
}
