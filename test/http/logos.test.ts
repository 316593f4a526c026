import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import Fastify, { type FastifyInstance } from "fastify";
import type { Brand } from "../../src/config";
import { type Logos, registerLogos } from "../../src/http/logo.route";

const PNG = readFileSync(join(__dirname, "../support/logo.png"));
const SECRET = "secret-test-emulator";

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** What the app's own host answers, and what it was asked. */
let answers: Record<string, Answer>;
let asked: string[];
let host: Server;
let port: number;
/** A neighbour that must never be reached. */
let inner: Server;
let innerPort: number;
let reached: number;
const opened: FastifyInstance[] = [];

const listen = (server: Server, address: string) =>
  new Promise<number>((resolve) => {
    server.listen(0, address, () => resolve((server.address() as AddressInfo).port));
  });

beforeAll(async () => {
  host = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const answer = answers[request.url ?? ""];
    if (answer) answer(request, response);
    else response.writeHead(404).end();
  });
  inner = createServer((_request, response) => void response.end(PNG));
  inner.on("connection", () => {
    reached += 1;
  });
  port = await listen(host, "127.0.0.1");
  innerPort = await listen(inner, "127.0.0.2");
});
beforeEach(() => {
  answers = { "/logo.png": (_request, response) => void response.end(PNG) };
  asked = [];
  reached = 0;
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((app) => app.close()));
});
afterAll(() => {
  for (const server of [host, inner]) server.closeAllConnections();
  for (const server of [host, inner]) server.close();
});

const PLAIN: Brand = { name: undefined, color: undefined, supportUrl: undefined, logoUrl: undefined };

interface Opened {
  logos: Logos;
  get(path: string): Promise<Response>;
  /** The picture of an app whose logo is there. */
  logo(url: string, name?: string): Promise<Response>;
}

async function open(allowed: string[] = ["127.0.0.1"], brand: Brand = PLAIN): Promise<Opened> {
  const app = Fastify();
  const logos = registerLogos(app, { brand, secret: SECRET, allowed });
  const origin = await app.listen({ port: 0, host: "127.0.0.1" });
  opened.push(app);
  const get = (path: string) => fetch(origin + path);
  return { logos, get, logo: (logoUrl, name = "Books") => get(logos.pathOf({ name, logoUrl }) ?? "/none") };
}

const own = (path: string) => `http://127.0.0.1:${port}${path}`;
const redirectTo =
  (location: string, status = 302): Answer =>
  (_request, response) =>
    void response.writeHead(status, { location }).end();
const body =
  (content: string | Buffer, type = "image/png"): Answer =>
  (_request, response) =>
    void response.writeHead(200, { "content-type": type }).end(content);

async function expectInitial(response: Response, initial = "B") {
  expect([response.status, response.headers.get("content-type")]).toEqual([200, "image/svg+xml"]);
  expect(await response.text()).toContain(`>${initial}</text>`);
}

test("a picture comes from us, by what it is, and nothing in it may run", async () => {
  answers["/logo.png"] = (_request, response) => {
    response.writeHead(200, { "content-type": "text/html", "set-cookie": "a=b" }).end(PNG);
  };
  const { logo } = await open();
  const response = await logo(own("/logo.png"));
  expect(response.status).toBe(200);
  expect(Buffer.from(await response.arrayBuffer()).equals(PNG)).toBe(true);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    "content-type": "image/png",
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; sandbox",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "public, max-age=3600",
  });
  expect(response.headers.getSetCookie()).toEqual([]);
});

test("the app's host is asked once, and told nothing about the visitor", async () => {
  const { logos, get } = await open();
  let headers: IncomingMessage["headers"] = {};
  answers["/logo.png"] = (request, response) => {
    headers = request.headers;
    response.end(PNG);
  };
  const path = logos.pathOf({ name: "Books", logoUrl: own("/logo.png") }) ?? "";
  await Promise.all([get(path), get(path), get(path)]);
  await get(path);
  expect(asked).toEqual(["GET /logo.png"]);
  expect(Object.keys(headers).sort()).toEqual(["accept", "accept-encoding", "connection", "host"]);
});

test.each([
  ["gif", Buffer.from("GIF89a…"), "image/gif"],
  ["jpeg", Buffer.from([0xff, 0xd8, 0xff, 0xe0]), "image/jpeg"],
  ["webp", Buffer.from("RIFF\n\r\0\0WEBPVP8 "), "image/webp"],
])("%s is a picture", async (_name, content, type) => {
  answers["/x"] = body(content, "text/plain");
  const { logo } = await open();
  expect((await logo(own("/x"))).headers.get("content-type")).toBe(type);
});

const SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
test.each<[string, Answer]>([
  ["an SVG", body(SVG, "image/svg+xml")],
  ["an SVG that says it is a PNG", body(SVG)],
  ["a page", body("<html></html>", "image/png")],
  ["nothing", body("")],
  ["200,001 bytes", body(Buffer.concat([PNG, Buffer.alloc(200_001 - PNG.length)]))],
  [
    "a compressed picture",
    (_request, response) => void response.writeHead(200, { "content-encoding": "gzip" }).end("x"),
  ],
  ["an error", (_request, response) => void response.writeHead(500).end(PNG)],
  ["a connection that breaks", (_request, response) => void response.destroy()],
  ["a redirect in a circle", redirectTo("/bad")],
  ["a redirect to nowhere", (_request, response) => void response.writeHead(302).end()],
  ["a redirect to a file", redirectTo("file:///etc/passwd")],
  ["a redirect to plain http elsewhere", redirectTo("http://example.com/logo.png")],
  ["a redirect with a password", redirectTo("http://a:b@127.0.0.1/logo.png")],
])("%s becomes the initial", async (_name, answer) => {
  answers["/bad"] = answer;
  const { logo } = await open();
  await expectInitial(await logo(own("/bad")));
  expect(asked.length).toBeLessThanOrEqual(4);
});

test("an endless body, and one that never comes, end with the deadline", async () => {
  const cut = new Promise<void>((resolve) => {
    answers["/endless"] = (_request, response) => {
      // In a turn of its own: where the connection is gone, a write may call back at once, for ever.
      const next = () => setImmediate(more);
      const more = () => void (response.destroyed || response.write(Buffer.alloc(10_000), next));
      response.on("close", resolve);
      more();
    };
  });
  answers["/silent"] = () => {};
  const { logo } = await open();
  await expectInitial(await logo(own("/endless")));
  await cut;
  await expectInitial(await logo(own("/silent")));
  await expectInitial(await logo(own("/silent")));
  expect(asked).toEqual(["GET /endless", "GET /silent"]);
});

test("a redirect into a private network is not followed, whatever the name", async () => {
  const { logo } = await open();
  for (const [index, location] of [
    `http://127.0.0.2:${innerPort}/`,
    `https://127.0.0.2:${innerPort}/`,
    `https://[::ffff:127.0.0.2]:${innerPort}/`,
    "https://2130706434/",
    "https://169.254.169.254/latest/meta-data/",
    "https://[::1]/",
    "https://[64:ff9b::7f00:2]/",
    "https://localhost/",
    "https://10.0.0.1/",
  ].entries()) {
    answers[`/${index}`] = redirectTo(location);
    await expectInitial(await logo(own(`/${index}`)));
  }
  expect(reached).toBe(0);
});

test("a name is judged by what it resolves to", async () => {
  const { logo } = await open(["localhost"]);
  await expectInitial(await logo(`http://localhost:${port}/logo.png`));
  expect(asked).toEqual([]);
});

test("without an exception, only https on its own port", async () => {
  const { logo } = await open([]);
  for (const url of [
    own("/logo.png"),
    `https://127.0.0.1:${port}/logo.png`,
    "ftp://example.com/a",
    "https://127.0.0.1/",
  ]) {
    await expectInitial(await logo(url));
  }
  expect(asked).toEqual([]);
});

test("it is no proxy: an address that no page of ours has named is not fetched", async () => {
  const { logos, get } = await open();
  const path = logos.pathOf({ name: "Books", logoUrl: own("/logo.png") }) ?? "";
  const elsewhere = path.replace("logo.png", "secret.png");
  for (const changed of [elsewhere, path.replace("initial=B", "initial=C"), path.slice(0, -3), "/logos/app"]) {
    expect((await get(changed)).status).toBe(404);
  }
  expect(asked).toEqual([]);
  expect((await get(path)).headers.get("content-type")).toBe("image/png");
});

test("a replica with the same secret serves what another has signed", async () => {
  const [one, other] = [await open(), await open()];
  const path = one.logos.pathOf({ name: "Books", logoUrl: own("/logo.png") }) ?? "";
  expect((await other.get(path)).headers.get("content-type")).toBe("image/png");
});

test("an app without a logo, or with an address that is none, has no path", async () => {
  const { logos } = await open();
  for (const logoUrl of [null, undefined, "", "not a url", `https://a.example/${"x".repeat(2000)}`]) {
    expect(logos.pathOf({ name: "Books", logoUrl })).toBeUndefined();
  }
});

test("hosts that hang do not make a queue", async () => {
  const { logo } = await open();
  const hanging: ServerResponse[] = [];
  const full = new Promise<void>((resolve) => {
    for (let index = 0; index < 8; index++) {
      answers[`/hang-${index}`] = (_request, response) => {
        if (hanging.push(response) === 8) resolve();
      };
    }
  });
  const waiting = Array.from({ length: 8 }, (_, index) => logo(own(`/hang-${index}`)));
  await full;
  await expectInitial(await logo(own("/logo.png")));
  for (const response of hanging) response.end(PNG);
  expect((await Promise.all(waiting)).map(({ headers }) => headers.get("content-type"))).toEqual(
    Array.from({ length: 8 }, () => "image/png"),
  );
  expect((await logo(own("/logo.png"))).headers.get("content-type")).toBe("image/png");
});

test("the marketplace's own logo comes from us too, and is its initial while it cannot be had", async () => {
  const { get } = await open(["127.0.0.1"], {
    ...PLAIN,
    name: "Meridian",
    color: "#ffc400",
    logoUrl: own("/logo.png"),
  });
  expect((await get("/brand/logo")).headers.get("content-type")).toBe("image/png");
  const away = await open([], { ...PLAIN, name: "Meridian", color: "#ffc400", logoUrl: own("/logo.png") });
  const response = await away.get("/brand/logo");
  expect(response.headers.get("cache-control")).toBe("public, max-age=300");
  await expectInitial(response, "M");
});
