import { once } from "node:events";
import { createServer } from "node:http";
import { exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";
import { loadConfig } from "../../src/config";
import { startGateway } from "../../src/gateway";
import { createLogger } from "../../src/logger";
import { post } from "../hardening/post";

const PROJECT = "project-test-00000000-0000-4000-8000-000000000000";

async function newKey(kid: string) {
  const { privateKey, publicKey } = await generateKeyPair("RS256");
  const jwk: JWK = { ...(await exportJWK(publicKey)), kid, alg: "RS256", use: "sig" };
  const token = () =>
    new SignJWT({ scope: "read:marketplace" })
      .setProtectedHeader({ alg: "RS256", kid, typ: "JWT" })
      .setIssuer(`stytch.com/${PROJECT}`)
      .setAudience(PROJECT)
      .setSubject("m2m-client-test-1")
      .setIssuedAt()
      .setExpirationTime("1h")
      .sign(privateKey);
  return { jwk, token };
}

/** A Stytch that has nothing but keys. */
async function startKeys(...first: JWK[]) {
  const published = { keys: first, downloads: 0, isAway: false };
  const server = createServer((_request, response) => {
    published.downloads += 1;
    if (published.isAway) response.writeHead(503).end();
    else response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ keys: published.keys }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("No port.");
  const gateway = await startGateway(
    {
      ...loadConfig({ PORT: "0", NODE_ENV: "test" }),
      stytch: { projectId: PROJECT, secret: "secret", baseUrl: `http://127.0.0.1:${address.port}/` },
    },
    { logger: createLogger("silent"), maxLateMs: Number.POSITIVE_INFINITY },
  );
  const status = async (token: string) =>
    (await post(gateway.url, "{ viewer { isOperator } }", { authorization: `Bearer ${token}` })).status;
  return { published, status, stop: () => Promise.all([gateway.stop(), server.close()]) };
}

test("a key that was rotated a moment ago is good at once, and the old one as long as it is published", async () => {
  const [old, next] = [await newKey("old"), await newKey("next")];
  const { published, status, stop } = await startKeys(old.jwk);
  expect(await status(await old.token())).toBe(200);
  published.keys = [next.jwk, old.jwk];
  const both = await Promise.all([next.token(), next.token(), old.token()]);
  expect(await Promise.all(both.map(status))).toEqual([200, 200, 200]);
  await stop();
});

test("tokens that name no key of the project cost few downloads, and never the keys that are known", async () => {
  const [good, other] = [await newKey("good"), await newKey("other")];
  const { published, status, stop } = await startKeys(good.jwk);
  expect(await status(await good.token())).toBe(200);
  published.isAway = true;
  const [header, claims, signature] = (await other.token()).split(".");
  for (let i = 0; i < 10; i++) await status(`${header}.${claims}.${signature?.slice(0, -3)}${i}AA`);
  expect(await status(await good.token())).toBe(200);
  published.isAway = false;
  const before = published.downloads;
  expect(before).toBeLessThan(15);
  const many = Array.from({ length: 50 }, (_, i) => `${header}.${claims}.${i}${signature?.slice(2)}`);
  await Promise.all(many.map(status));
  expect(published.downloads - before).toBeLessThanOrEqual(2);
  await stop();
});
