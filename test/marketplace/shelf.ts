import { seededId } from "stytch-emulator";
import type { TestGateway } from "../support/gateway";
import { type Answer, post } from "../support/post";

export const appId = (name: string): string => seededId("connected-app", name);

export const LEDGER_EXPORT = appId("Ledger Export");
export const INVOICE_SYNC = appId("Invoice Sync");
export const PAYROLL_BRIDGE = appId("Payroll Bridge");
export const DESK_NOTES = appId("Desk Notes");
export const CONSOLE = appId("Meridian Console");

/** Everything that a listing must say. */
export const texts = (connectedAppId: string, changes: Record<string, unknown> = {}) => ({
  connectedAppId,
  tagline: "Does one thing well",
  details: "# What it does\n\nOne thing.",
  categories: ["Accounting"],
  publisherName: "Example Ltd",
  privacyPolicyUrl: "https://app.example/privacy",
  installUrl: "https://app.example/install",
  scopes: ["openid", "read:ledger"],
  ...changes,
});

/** One mutation's payload, which is asked for `done`. */
export interface Payload {
  done: Record<string, unknown> | null;
  userErrors: { code: string; field: string[] | null; message: string }[];
}

export async function mutate(
  gateway: TestGateway,
  headers: Record<string, string>,
  mutation: string,
  input: Record<string, unknown>,
  done: string,
): Promise<{ payload: Payload | null; answer: Answer }> {
  const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`;
  const query = `mutation ($input: ${type}!) {
    result: ${mutation}(input: $input) { done: ${done} userErrors { code field message } }
  }`;
  const answer = await post<{ result: Payload | null }>(gateway.url, headers, query, { input });
  return { payload: answer.data?.result ?? null, answer };
}

/** What came of a mutation: `done`, a user error with its field, or a top-level code. */
export async function outcome(...asked: Parameters<typeof mutate>): Promise<string> {
  const { payload, answer } = await mutate(...asked);
  const code = answer.errors[0]?.extensions.code;
  if (code !== undefined) return String(code);
  const [first] = payload?.userErrors ?? [];
  if (first) return `${first.code} ${first.field?.join(".")}`;
  return payload?.done ? "done" : "nothing";
}

export async function bearerOf(gateway: TestGateway, memberId: string): Promise<Record<string, string>> {
  const { session_jwt } = await gateway.emulator.mintSession({ memberId });
  return { authorization: `Bearer ${session_jwt}` };
}

export async function operator(gateway: TestGateway): Promise<Record<string, string>> {
  return { authorization: `Bearer ${await gateway.emulator.mintM2mToken()}` };
}

/** Saves a listing and, unless it is to stay a draft, puts it on the shelf. */
export async function list(gateway: TestGateway, connectedAppId: string, changes = {}, publish = true): Promise<void> {
  const as = await operator(gateway);
  const saved = await outcome(gateway, as, "saveListing", texts(connectedAppId, changes), "listing { id }");
  if (saved !== "done") throw new Error(`The listing was not saved: ${saved}`);
  if (publish) await outcome(gateway, as, "publishListing", { connectedAppId }, "listing { id }");
}
