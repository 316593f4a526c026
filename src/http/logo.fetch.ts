import { type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { isIP } from "node:net";
import { RequestFilteringHttpAgent, RequestFilteringHttpsAgent } from "request-filtering-agent";
import { isPictureUrl } from "../config.values";

export interface Picture {
  type: string;
  body: Buffer;
}

const MAX_BYTES = 200_000;
const MAX_REDIRECTS = 3;
/** For everything: name, connection, redirects, body. */
const DEADLINE_MS = 2000;

/** By what the bytes are, for the server that names a type is the attacker's own. Never SVG: it may hold script. */
const SIGNATURES: readonly [type: string, matches: (body: Buffer) => boolean][] = [
  ["image/png", (body) => body.subarray(0, 8).toString("latin1") === "\x89PNG\r\n\x1a\n"],
  ["image/jpeg", (body) => body.subarray(0, 3).toString("latin1") === "\xff\xd8\xff"],
  ["image/gif", (body) => /^GIF8[79]a/.test(body.subarray(0, 6).toString("latin1"))],
  ["image/webp", (body) => /^RIFF.{4}WEBP/s.test(body.subarray(0, 12).toString("latin1"))],
];

/**
 * Gets a picture from an address that an attacker may have written. The agents look at every address a name resolves
 * to, just before they connect, so that neither a name nor a redirect leads into a private network.
 * @param allowed hosts that are fetched although they are not public, by any scheme and port; for tests.
 */
export function createPictureFetcher(allowed: readonly string[]) {
  const filter = { allowIPAddressList: allowed.filter((host) => isIP(host) !== 0), keepAlive: false };
  const agents = { http: new RequestFilteringHttpAgent(filter), https: new RequestFilteringHttpsAgent(filter) };

  const isFetchable = (url: URL): boolean => {
    const { protocol, hostname, username, password } = url;
    if (!allowed.includes(hostname)) return isPictureUrl(url);
    return username === "" && password === "" && (protocol === "https:" || protocol === "http:");
  };

  const open = (url: URL, signal: AbortSignal): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const headers = { accept: "image/png, image/jpeg, image/webp, image/gif", "accept-encoding": "identity" };
      const request =
        url.protocol === "https:"
          ? requestHttps(url, { agent: agents.https, headers, signal }, resolve)
          : requestHttp(url, { agent: agents.http, headers, signal }, resolve);
      request.on("error", reject).end();
    });

  /** @throws whatever went wrong; the caller has an initial to show instead. */
  return async function fetchPicture(address: string): Promise<Picture> {
    const signal = AbortSignal.timeout(DEADLINE_MS);
    let url = new URL(address);
    for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
      if (!isFetchable(url)) throw new Error("Not an address that logos are fetched from.");
      const response = await open(url, signal);
      const { statusCode = 0, headers } = response;
      if (statusCode === 200) return toPicture(await read(response));
      response.destroy();
      if (statusCode < 301 || statusCode > 308 || !headers.location) throw new Error(`Answered with ${statusCode}.`);
      url = new URL(headers.location, url);
    }
    throw new Error("Too many redirects.");
  };
}

async function read(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    if (!Buffer.isBuffer(chunk)) throw new TypeError("A body without an encoding comes as bytes.");
    size += chunk.length;
    // Leaving the loop destroys the response.
    if (size > MAX_BYTES) throw new Error(`More than ${MAX_BYTES} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function toPicture(body: Buffer): Picture {
  const type = SIGNATURES.find(([, matches]) => matches(body))?.[0];
  if (!type) throw new Error("Not a picture of a known kind.");
  return { type, body };
}
