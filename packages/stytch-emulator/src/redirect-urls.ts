import { StytchApiError } from "./wire/errors";

/** U11: the length of the list and most details of these rules are not published. */
const MAX_URLS = 50;
const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(["127.0.0.1", "[::1]", "localhost"]);

export function checkRedirectUrls(urls: readonly string[], isPublicClient: boolean): void {
  if (urls.length > MAX_URLS) throw new StytchApiError("too_many_redirect_urls");
  for (const url of urls) checkRedirectUrl(url, isPublicClient);
}

function checkRedirectUrl(text: string, isPublicClient: boolean): void {
  if (!/^[a-z][a-z0-9+.-]*:/i.test(text)) throw new StytchApiError("connected_app_redirect_url_must_include_scheme");
  if (!URL.canParse(text)) throw new StytchApiError("connected_app_invalid_redirect_url");
  const url = new URL(text);
  if (text.includes("#") || text.includes("*")) throw new StytchApiError("connected_app_invalid_redirect_url");
  if (url.protocol === "https:") return;
  if (url.protocol === "http:") {
    if (LOOPBACK_HOSTS.has(url.hostname)) return;
    throw new StytchApiError("connected_app_redirect_url_http_scheme_must_use_loopback");
  }
  if (!isPublicClient) throw new StytchApiError("connected_app_redirect_url_must_use_https_scheme");
  // A private-use scheme is a reversed domain name (RFC 8252 7.1); this also keeps `javascript:` and `data:` out.
  if (!url.protocol.includes(".")) {
    throw new StytchApiError("connected_app_redirect_url_must_use_http_or_https_scheme");
  }
}

/** Exact, except that a loopback `http` URL registered without a port matches any port (RFC 8252 7.3). */
export function isRegistered(registered: readonly string[], presented: string): boolean {
  return registered.some((url) => url === presented || withoutLoopbackPort(presented, url) === url);
}

function withoutLoopbackPort(presented: string, registered: string): string {
  const [, origin] = /^(http:\/\/(?:127\.0\.0\.1|\[::1\]|localhost))(?=[/?]|$)/.exec(registered) ?? [];
  if (origin === undefined || !presented.startsWith(`${origin}:`)) return presented;
  return origin + presented.slice(origin.length).replace(/^:\d{1,5}(?=[/?]|$)/, "");
}
