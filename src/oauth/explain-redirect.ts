/** In words, where a redirect URI differs from a registered one, the most telling difference first. */
export function differences(sent: string, registered: string): string[] {
  const [given, wanted] = [URL.parse(sent), URL.parse(registered)];
  if (!given || !wanted) return [/%[0-9a-f]{2}/i.test(sent) ? "it is percent-encoded twice" : "it is no absolute URI"];
  const found = [
    differing("scheme", bare(given.protocol), bare(wanted.protocol)),
    differing("host", given.hostname, wanted.hostname),
    port(given.port, wanted.port),
    path(given.pathname, wanted.pathname),
    query(given.search, wanted.search),
    sent.includes("#") ? "a fragment, which redirect URIs cannot have" : null,
    given.username || given.password ? "a user name or password before the host" : null,
  ].filter((difference) => difference !== null);
  if (found.length > 0) return found;
  if (sent.trim() === registered) return ["a space before or after it"];
  if (sent.toLowerCase() === registered.toLowerCase()) return ["upper and lower case: they must be written alike"];
  return ["it is written differently (percent-encoding, default port): it must match character by character"];
}

/** The registered one that whoever wrote this most likely meant. */
export function nearest(sent: string, registered: readonly string[]): string | undefined {
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

const differing = (what: string, given: string, wanted: string): string | null =>
  given === wanted ? null : `the ${what} is ${given || "missing"} instead of ${wanted || "none"}`;

function port(given: string, wanted: string): string | null {
  if (given === wanted) return null;
  return `the port is ${given || "missing"} instead of ${wanted || "none"}`;
}

function path(given: string, wanted: string): string | null {
  if (given === wanted) return null;
  if (given === `${wanted}/`) return "a trailing slash that the registered one does not have";
  if (`${given}/` === wanted) return "a trailing slash is missing";
  if (given.toLowerCase() === wanted.toLowerCase())
    return `upper and lower case in the path: ${given} instead of ${wanted}`;
  return `the path is ${given} instead of ${wanted}`;
}

function query(given: string, wanted: string): string | null {
  if (given === wanted) return null;
  if (wanted === "") return `a query that the registered one does not have: ${given}`;
  return given === "" ? `the query ${wanted} is missing` : `the query is ${given} instead of ${wanted}`;
}
