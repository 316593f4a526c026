import { problem, refused } from "../../../failure";
import type { AppRequestRecord, Decision } from "../../../marketplace/app-requests";
import type { PublicApp } from "../../../marketplace/listing";
import type { Marketplace } from "../../../marketplace/marketplace";
import { multiline } from "../text.rules";

const MAX_WORDS = 1000;
const words = multiline(MAX_WORDS);

/** A person's words for another, or `null`. @throws Failure INVALID */
export function wordsOf(field: "reason" | "note", value: string | null | undefined): string | null {
  const trimmed = value?.trim();
  if (!trimmed) return null;
  const [issue] = words.safeParse(trimmed).error?.issues ?? [];
  if (issue) throw refused([problem("INVALID", [field], `${field} ${issue.message}.`)]);
  return trimmed;
}

/** A request that is open: unknown, and somebody else's, look the same. */
export function requireOpen(request: AppRequestRecord | null): AppRequestRecord {
  if (!request) throw refused([problem("NOT_FOUND", ["appRequestId"], "There is no such request.")]);
  if (request.status !== "OPEN") throw decidedBefore();
  return request;
}

/** @throws Failure APP_REQUEST_DECIDED when somebody else was faster */
export async function end({ appRequests }: Marketplace, id: string, decision: Decision): Promise<AppRequestRecord> {
  const ended = await appRequests.end(id, decision);
  if (!ended) throw decidedBefore();
  return ended;
}

/** The app of a request that is still open, as the last look at it, just before something is done. */
export async function appOfRequest(
  { appRequests, listings }: Marketplace,
  id: string,
  connectedAppId: string,
): Promise<PublicApp> {
  const [requests, apps] = await Promise.all([appRequests.byIds([id]), listings.byApps([connectedAppId])]);
  requireOpen(requests.get(id) ?? null);
  const app = apps.get(connectedAppId)?.app;
  if (!app) throw refused([problem("NOT_FOUND", ["appRequestId"], "The app is gone.")]);
  return app;
}

const decidedBefore = () =>
  refused([problem("APP_REQUEST_DECIDED", ["appRequestId"], "This request was decided or withdrawn before.")]);
