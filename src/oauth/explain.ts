import type { Policy } from "stytch";
import type { Caller } from "../caller/caller";
import { Failure, refused, toRefusal } from "../failure";
import type { ClientRecord } from "../stytch/reads";
import { findClient } from "./client-record";
import { clientFindings, pkceFindings, policyFindings, redirectFindings } from "./explain-app";
import { hinted } from "./explain-redirect";
import {
  type MemberKey,
  needsFirstConsent,
  scopeFindings,
  ungrantable,
  unknownScopes,
  type Whose,
} from "./explain-scopes";
import { type Finding, type ReadUrl, readUrl, shown } from "./explain-url";
import { DEFAULT_SCOPES, PARAMETERS } from "./parameters";

export type Outcome = "CONSENT" | "NO_CONSENT_NEEDED" | "ERROR_PAGE" | "ERROR_REDIRECT";

export interface Explanation {
  outcome: Outcome;
  /** As the page shows them to the Member; empty when none is named or Stytch cannot be asked. */
  scopes: { scope: string; description: string; grantable: boolean }[];
  findings: Finding[];
}

type Answer = Awaited<ReturnType<Caller["stytch"]["startAuthorization"]>>;

const MAX_SCOPES = 100;

/**
 * What the consent page would do with a URL, and everything that is wrong with it, not only the first thing. It asks
 * `authorizeStart`, which changes nothing, and stores nothing. For operators: the caller's field sees to that.
 */
export async function explainAuthorization(
  caller: Caller,
  url: string,
  whose: Whose,
  ownOrigin: string,
): Promise<Explanation> {
  const read = readUrl(url, ownOrigin);
  const { query } = read;
  if (!query) return { outcome: "ERROR_PAGE", scopes: [], findings: read.findings };
  const clientId = query.get("client_id") ?? "";
  const [client, { policy }] = await Promise.all([findClient(caller, clientId), caller.stytch.getPolicy()]);
  const scopes = scopesOf(read);
  const local = [
    ...clientFindings(clientId, client),
    ...redirectFindings(query.get("redirect_uri") ?? "", client),
    ...pkceFindings(query, client, read.findings),
    ...policyFindings(client, whose.organization),
    ...scopeFindings(scopes, policy),
  ];
  const verdict = await ask(caller, whose.member, read);
  const findings = [...read.findings, ...reconcile(local, verdict, query)];
  const answer = verdict?.answer ?? (await askForScopes(caller, whose.member, client, scopes, policy));
  findings.push(...ungrantable(scopes, policy, whose, client, answer));
  return { ...conclude(findings, answer, client, read), findings };
}

/**
 * A refused redirect URI, for the page: how the nearest registered one differs, without any of it. What `findClient` asks,
 * and without its answer the refusal stays as it was.
 */
export async function sayDifference(error: unknown, caller: Caller, query: URLSearchParams): Promise<unknown> {
  const [first] = error instanceof Failure ? error.problems : [];
  if (first?.field?.[0] !== "redirectUri") return error;
  const client = await findClient(caller, query.get("client_id") ?? "").catch((failed: unknown) => {
    if (failed instanceof Failure) return null;
    throw failed;
  });
  const hint = client && hinted(query.get("redirect_uri") ?? "", client.redirect_urls);
  return hint
    ? refused([{ ...first, message: `${first.message} It differs from the nearest registered one: ${hint}.` }])
    : error;
}

interface Verdict {
  answer?: Answer;
  refusal?: Failure;
}

/** What Stytch says to the request as the page would send it. */
async function ask(caller: Caller, member: MemberKey | null, { parameters }: ReadUrl): Promise<Verdict | null> {
  if (!member || !parameters) return null;
  const { clientId, redirectUri, scopes, prompt } = parameters;
  try {
    return { answer: await start(caller, member, clientId, redirectUri, scopes, prompt) };
  } catch (error) {
    const refusal = toRefusal(error, parameters);
    if (!(refusal instanceof Failure) || refusal.problems.length === 0 || !(error instanceof Failure)) throw error;
    return { refusal: new Failure(refusal.code, refusal.message, error.details, error, refusal.problems) };
  }
}

/** Stytch stops at the first problem, so it is asked again without the others: which scopes could this Member give? */
async function askForScopes(
  caller: Caller,
  member: MemberKey | null,
  client: ClientRecord | null,
  scopes: readonly string[],
  policy: Policy | undefined,
): Promise<Answer | null> {
  const redirectUri = client?.redirect_urls[0];
  const unknown = unknownScopes(scopes, policy);
  const known = scopes.filter((scope) => !unknown.includes(scope));
  if (!member || !client || redirectUri === undefined || known.length === 0) return null;
  try {
    return await start(caller, member, client.client_id, redirectUri, known);
  } catch (error) {
    const refusal = toRefusal(error, { clientId: client.client_id, redirectUri });
    if (refusal instanceof Failure && refusal.problems.length > 0) return null;
    throw error;
  }
}

const start = (
  caller: Caller,
  { organization_id, member_id }: MemberKey,
  client_id: string,
  redirect_uri: string,
  scopes: string[],
  prompt?: string,
) =>
  caller.stytch.startAuthorization({
    client_id,
    redirect_uri,
    response_type: "code",
    scopes,
    organization_id,
    member_id,
    ...(prompt && { prompt }),
  });

/** Where Stytch was asked, it knows better than what was worked out here. */
function reconcile(local: readonly Finding[], verdict: Verdict | null, query: URLSearchParams): Finding[] {
  if (verdict?.answer) return local.filter(({ stytchErrorType }) => stytchErrorType === undefined);
  const type = verdict?.refusal?.details.stytchErrorType;
  if (!verdict?.refusal || local.some(({ stytchErrorType }) => stytchErrorType === type)) return [...local];
  const told = verdict.refusal.problems.map(({ field, message, oauth }): Finding => {
    const parameter = [...PARAMETERS].find(([, name]) => name === field?.[0])?.[0] ?? null;
    const sent = parameter === null ? null : query.get(parameter);
    return { parameter, sent: sent && shown(sent), expected: null, message, leads: oauth === null ? "page" : "app" };
  });
  return [...local, ...told];
}

function conclude(
  findings: Finding[],
  answer: Answer | null,
  client: ClientRecord | null,
  read: ReadUrl,
): Omit<Explanation, "findings"> {
  const scopes = (answer?.scope_results ?? []).map(({ scope, description, is_grantable }) => ({
    scope,
    description,
    grantable: is_grantable,
  }));
  if (findings.some(({ leads }) => leads === "page")) return { outcome: "ERROR_PAGE", scopes };
  if (findings.some(({ leads }) => leads === "app")) return { outcome: "ERROR_REDIRECT", scopes };
  const isAsked = answer ? answer.consent_required : needsFirstConsent(client, read.parameters);
  if (isAsked) return { outcome: "CONSENT", scopes };
  if (scopes.length === 0 || scopes.some(({ grantable }) => grantable)) return { outcome: "NO_CONSENT_NEEDED", scopes };
  const message = "None of the scopes can be granted, and nobody is asked.";
  findings.push({ parameter: "scope", sent: null, expected: "one that this Member can grant", message, leads: "app" });
  return { outcome: "ERROR_REDIRECT", scopes };
}

/** Also those of a request that the page would not read to the end. */
function scopesOf({ parameters, query }: ReadUrl): string[] {
  if (parameters) return parameters.scopes;
  const given = (query?.get("scope") ?? "").split(" ").filter((scope) => scope !== "");
  return [...new Set(given.length > 0 ? given : DEFAULT_SCOPES)].slice(0, MAX_SCOPES);
}
