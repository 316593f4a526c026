/** Where a redirect URI differs from a registered one. */
interface Difference {
  detail: string;
  /** The same without anything of the registered one: for people who may not read the app's registration. */
  hint: string;
}

/** For operators: the nearest registered one, and all that differs. `null` when it is registered, or none is. */
export function compared(sent: string, registered: readonly string[]): { closest: string; details: string[] } | null {
  const closest = nearest(sent, registered);
  if (closest === undefined || isRegistered(sent, registered)) return null;
  return { closest, details: differences(sent, closest).map(({ detail }) => detail) };
}

/** For everybody. At another host nothing more is said: whoever guesses learns no address by it. */
export function hinted(sent: string, registered: readonly string[]): string | null {
  const closest = nearest(sent, registered);
  if (closest === undefined || isRegistered(sent, registered)) return null;
  const hints = differences(sent, closest).map(({ hint }) => hint);
  return hints.includes(ANOTHER_HOST) ? ANOTHER_HOST : hints.join("; ");
}

const ANOTHER_HOST = "it has another host";

const open = (text: string): Difference => ({ detail: text, hint: text });

/** The most telling difference first. */
function differences(sent: string, registered: string): Difference[] {
  const [given, wanted] = [URL.parse(sent), URL.parse(registered)];
  if (!given || !wanted)
    return [open(/%[0-9a-f]{2}/i.test(sent) ? "it is percent-encoded twice" : "it is no absolute URI")];
  const found = [
    scheme(bare(given.protocol), bare(wanted.protocol)),
    differing("host", given.hostname, wanted.hostname),
    differing("port", given.port, wanted.port),
    path(given.pathname, wanted.pathname),
    query(given.search, wanted.search),
    sent.includes("#") ? open("a fragment, which redirect URIs cannot have") : null,
    given.username || given.password ? open("a user name or password before the host") : null,
  ].filter((difference) => difference !== null);
  if (found.length > 0) return found;
  if (sent.trim() === registered) return [open("a space before or after it")];
  if (sent.toLowerCase() === registered.toLowerCase())
    return [open("upper and lower case: they must be written alike")];
  return [open("it is written differently (percent-encoding, default port): it must match character by character")];
}

/** The registered one that whoever wrote this most likely meant. */
function nearest(sent: string, registered: readonly string[]): string | undefined {
  const far = (url: string) => differences(sent, url).length + (sameHost(sent, url) ? 0 : 3);
  return registered.toSorted((a, b) => far(a) - far(b))[0];
}

/** Exactly, except that a loopback address that was registered without a port takes any (RFC 8252 7.3). */
export const isRegistered = (sent: string, registered: readonly string[]): boolean =>
  registered.some((url) => url === sent || (LOOPBACK.test(url) && url === sent.replace(PORT, "$1")));

const LOOPBACK = /^http:\/\/(127\.0\.0\.1|\[::1\]|localhost)([/?]|$)/;
const PORT = /^(http:\/\/[^/?:[]+|http:\/\/\[::1\]):\d{1,5}(?=[/?]|$)/;

const bare = (protocol: string) => protocol.replace(/:$/, "");

const sameHost = (a: string, b: string) => URL.parse(a)?.hostname === URL.parse(b)?.hostname;

const insteadOf = (what: string, given: string, wanted: string) =>
  `the ${what} is ${given || "missing"} instead of ${wanted || "none"}`;

const differing = (what: string, given: string, wanted: string): Difference | null =>
  given === wanted ? null : { detail: insteadOf(what, given, wanted), hint: `it has another ${what}` };

/** Of the two on the web, one is no secret when the other is wrong. */
function scheme(given: string, wanted: string): Difference | null {
  const isOfWeb = /^https?$/.test(given) && /^https?$/.test(wanted);
  return isOfWeb && given !== wanted ? open(insteadOf("scheme", given, wanted)) : differing("scheme", given, wanted);
}

function path(given: string, wanted: string): Difference | null {
  if (given === wanted) return null;
  if (given === `${wanted}/`) return open("a trailing slash that the registered one does not have");
  if (`${given}/` === wanted) return open("a trailing slash is missing");
  if (given.toLowerCase() !== wanted.toLowerCase()) return differing("path", given, wanted);
  const hint = "upper and lower case in the path";
  return { detail: `${hint}: ${given} instead of ${wanted}`, hint };
}

function query(given: string, wanted: string): Difference | null {
  if (given === wanted) return null;
  if (wanted === "") {
    const hint = "a query that the registered one does not have";
    return { detail: `${hint}: ${given}`, hint };
  }
  return given === ""
    ? { detail: `the query ${wanted} is missing`, hint: "a query is missing" }
    : differing("query", given, wanted);
}
