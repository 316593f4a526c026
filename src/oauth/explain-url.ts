import { Failure } from "../failure";
import { type AuthorizationParameters, PARAMETERS, parseQuery } from "./parameters";

/** One thing that is wrong with an authorization URL. */
export interface Finding {
  /** As it stands in the URL; `null` for the URL itself. */
  parameter: string | null;
  sent: string | null;
  expected: string | null;
  message: string;
  /** Where it alone takes the browser: to an error page, back to the app with an error, or nowhere else. */
  leads: "page" | "app" | "on";
  /** What Stytch calls it, where Stytch decides it. */
  stytchErrorType?: string;
}

export interface ReadUrl {
  findings: Finding[];
  /** `null` when the URL does not lead to the page at all. */
  query: URLSearchParams | null;
  /** `null` when the page would not even ask Stytch. */
  parameters: AuthorizationParameters | null;
}

export const AUTHORIZE_PATH = "/oauth/authorize";
/** Of request line and headers together Node reads 16 KiB; browsers add cookies and more. */
const MAX_URL = 15_000;
const MAX_SHOWN = 300;
/** Names listed in one finding. */
const MAX_NAMES = 20;

/** OpenID Connect's and others', which this page does not heed. */
const IGNORED = new Set(
  "response_mode login_hint display ui_locales max_age acr_values id_token_hint claims request request_uri audience access_type".split(
    " ",
  ),
);
const MEANT: ReadonlyMap<string, string> = new Map(
  Object.entries({
    clientid: "client_id",
    client: "client_id",
    appid: "client_id",
    redirecturi: "redirect_uri",
    redirecturl: "redirect_uri",
    redirect: "redirect_uri",
    callback: "redirect_uri",
    callbackurl: "redirect_uri",
    returnurl: "redirect_uri",
    responsetype: "response_type",
    type: "response_type",
    scopes: "scope",
    codechallenge: "code_challenge",
    challenge: "code_challenge",
    codechallengemethod: "code_challenge_method",
    challengemethod: "code_challenge_method",
    resources: "resource",
  }),
);
const EXPECTED: ReadonlyMap<string, string> = new Map([
  ["client_id", "the id of a Connected App, once"],
  ["redirect_uri", "an absolute URI without a fragment, registered for the app, once"],
  ["response_type", "code"],
  ["code_challenge", "base64url of the SHA-256 of the verifier: 43 characters"],
  ["code_challenge_method", "S256"],
  ["prompt", "consent, or nothing"],
  ["scope", "names with one space between them"],
  ["resource", "an absolute URI without a fragment"],
]);
const NAME_OF_FIELD = new Map([...PARAMETERS].map(([name, field]) => [field, name]));

export const shown = (value: string): string => (value.length > MAX_SHOWN ? `${value.slice(0, MAX_SHOWN)}…` : value);

/** What is wrong before anybody is asked; the page reads its query with the same code. */
export function readUrl(text: string, ownOrigin: string): ReadUrl {
  const url = URL.parse(text.trim(), ownOrigin);
  const nowhere = (sent: string | null, expected: string, message: string): ReadUrl => ({
    findings: [{ parameter: null, sent, expected, message, leads: "page" }],
    query: null,
    parameters: null,
  });
  if (!url) return nowhere(shown(text), ownOrigin + AUTHORIZE_PATH, "This is no URL.");
  if (text.length > MAX_URL) {
    const message = "The URL is longer than servers read. Ask for fewer scopes, and keep state short.";
    return nowhere(`${text.length} characters`, `at most ${MAX_URL} characters`, message);
  }
  const findings = [...placeFindings(url, ownOrigin), ...unknownFindings(url.searchParams)];
  if (url.hash) {
    const message = "What follows # stays in the browser. Everything has to be in the query.";
    findings.push({
      parameter: null,
      sent: shown(url.hash.replace(/=.*/, "=…")),
      expected: null,
      message,
      leads: "on",
    });
  }
  const { parameters, problems } = parse(url.searchParams);
  findings.push(...problems);
  return { findings, query: url.searchParams, parameters };
}

function placeFindings(url: URL, ownOrigin: string): Finding[] {
  const own = new URL(ownOrigin);
  const findings: Finding[] = [];
  if (originOf(url) !== originOf(own)) {
    const message =
      url.host === own.host ? "The scheme is not this gateway's." : "This URL leads to another host than this gateway.";
    findings.push({ parameter: null, sent: shown(url.origin), expected: own.origin, message, leads: "page" });
  }
  if (decoded(url.pathname) !== AUTHORIZE_PATH) {
    const message = `The consent page is at ${AUTHORIZE_PATH}, written exactly like this.`;
    findings.push({ parameter: null, sent: shown(url.pathname), expected: AUTHORIZE_PATH, message, leads: "page" });
  }
  return findings;
}

/** One machine has several names for itself: who asks at one of them is as well served at another. */
const originOf = ({ protocol, hostname, port, origin }: URL): string =>
  LOOPBACK.has(hostname) ? `${protocol}//localhost:${port}` : origin;
const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** Ignored, as RFC 6749 3.1 asks; often a known one that is misspelt. Their values are not shown: a secret may be among them. */
function unknownFindings(query: URLSearchParams): Finding[] {
  const unknown = [...new Set(query.keys())].filter((name) => !PARAMETERS.has(name) && name !== "resource");
  return unknown.slice(0, MAX_NAMES).map((name) => {
    const meant = meantBy(name);
    const hint = meant ? ` Did you mean ${meant}?` : "";
    const why = name.startsWith("amp;")
      ? "The URL was copied out of HTML: &amp; stands for &."
      : name === "client_secret"
        ? "A secret must never be in a URL. Rotate it: it is in browsers' histories and logs now."
        : `${IGNORED.has(name) ? "This parameter is not supported" : "There is no such parameter"}. It is ignored.${hint}`;
    return { parameter: shown(name), sent: null, expected: meant ?? null, message: why, leads: "on" };
  });
}

function meantBy(name: string): string | undefined {
  if (name.startsWith("amp;")) return name.slice("amp;".length);
  const plain = name.toLowerCase().replaceAll(/[^a-z]/g, "");
  return MEANT.get(plain) ?? [...PARAMETERS.keys()].find((known) => known.replaceAll("_", "") === plain);
}

function parse(query: URLSearchParams): { parameters: AuthorizationParameters | null; problems: Finding[] } {
  try {
    return { parameters: parseQuery(query), problems: [] };
  } catch (error) {
    if (!(error instanceof Failure) || error.problems.length === 0) throw error;
    const problems: Finding[] = [];
    for (const { field, message, oauth } of error.problems) {
      const name = field?.[0] ?? "";
      const parameter = NAME_OF_FIELD.get(name) ?? (name === "resources" ? "resource" : name);
      const values = query.getAll(parameter);
      problems.push({
        parameter,
        sent: values.length > 0 ? shown(values.join(" and ")) : null,
        expected: EXPECTED.get(parameter) ?? "at most once, with at most 4,096 characters",
        message,
        leads: oauth === null ? "page" : "app",
      });
    }
    return { parameters: null, problems };
  }
}
