import { randomUUID } from "node:crypto";
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, type KeyLike, SignJWT } from "jose";
import { memberIdOf } from "stytch-emulator";
import { createKeySet } from "../../src/stytch/key-set";
import { startTestGateway, type TestGateway } from "../support/gateway";
import { codeOf, post } from "../support/post";
import { startReplica } from "../support/replica";

const JWKS = "GET /v1/b2b/sessions/jwks/:project_id";
const AUTHENTICATE = "POST /v1/b2b/sessions/authenticate";

let gateway: TestGateway;
/** The emulator keeps its signer for the process, so it is put back. */
let published: () => { keys: JWK[] };
beforeEach(async () => {
  gateway = await startTestGateway();
  published = gateway.emulator.state.signer.jwks;
});
afterEach(async () => {
  gateway.emulator.state.signer.jwks = published;
  await gateway.stop();
});

const who = (token: string) => post(gateway.url, { authorization: `Bearer ${token}` }, "{ viewer { isOperator } }");
const calls = (name: string) => gateway.emulator.requests(name).length;

/** One more key of the project, published or not. */
async function newKey(kid = randomUUID()) {
  const { privateKey, publicKey } = await generateKeyPair<KeyLike>("RS256");
  const jwk: JWK = { ...(await exportJWK(publicKey)), kid, alg: "RS256", use: "sig" };
  return {
    kid,
    jwk,
    publish(): void {
      const { keys } = published();
      gateway.emulator.state.signer.jwks = () => ({ keys: [...keys, jwk] });
    },
    sign: (claims: JWTPayload, header = {}) =>
      new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid, typ: "JWT", ...header }).sign(privateKey),
  };
}
/** What Stytch's own M2M tokens say. */
function m2mClaims(): JWTPayload {
  const { projectId } = gateway.emulator;
  const iat = Math.floor(Date.now() / 1000);
  const times = { iat, nbf: iat, exp: iat + 3600 };
  return {
    ...times,
    iss: `stytch.com/${projectId}`,
    aud: [projectId],
    sub: "m2m-client-test-1",
    scope: "read:marketplace",
  };
}

test("a token of a key that was made a moment ago is accepted, and so are all that come with it", async () => {
  // The set has just been read.
  expect(codeOf(await who(await gateway.emulator.mintM2mToken()))).toBeUndefined();
  const key = await newKey();
  key.publish();
  const answers = await Promise.all(
    Array.from({ length: 20 }, async (_, i) => who(await key.sign({ ...m2mClaims(), jti: String(i) }))),
  );
  expect(answers.map(codeOf)).toEqual(answers.map(() => undefined));
  expect(calls(JWKS)).toBe(2);
});

test("a token whose limit is counted while the set is read is accepted as well", async () => {
  const { jwk: old } = await newKey();
  const { jwk: fresh, kid } = await newKey();
  const published = [old];
  const keyOf = createKeySet(async () => ({ keys: published }));
  await keyOf(old.kid, async () => undefined);
  published.push(fresh);
  const first = keyOf(kid, async () => undefined);
  const second = keyOf(kid, async () => void (await first));
  expect(await second).toBe(await first);
});

test("a crowd of tokens with invented keys keeps out none of a key that was made a moment ago", async () => {
  expect(codeOf(await who(await gateway.emulator.mintM2mToken()))).toBeUndefined();
  const [invented, key] = [await newKey(), await newKey()];
  const crowd = await Promise.all(
    Array.from({ length: 150 }, (_, i) => invented.sign(m2mClaims(), { kid: `none-${i}` })),
  );
  const good = await key.sign(m2mClaims());
  key.publish();
  const refused = crowd.map(who);
  expect(codeOf(await who(good))).toBeUndefined();
  expect(new Set((await Promise.all(refused)).map(codeOf))).toEqual(new Set(["UNAUTHENTICATED"]));
});

test("tokens with unknown keys count for their address before they wait, and those that prove good cost it nothing", async () => {
  await gateway.stop();
  gateway = await startTestGateway({ rateLimits: { address: 10 } });
  await who(await gateway.emulator.mintM2mToken());
  const [invented, key] = [await newKey(), await newKey()];
  key.publish();
  const good = await Promise.all(
    Array.from({ length: 6 }, async (_, i) => key.sign({ ...m2mClaims(), jti: String(i) })),
  );
  expect((await Promise.all(good.map(who))).map(codeOf)).toEqual(good.map(() => undefined));
  const reads = calls(JWKS);
  const crowd = await Promise.all(
    Array.from({ length: 30 }, (_, i) => invented.sign(m2mClaims(), { kid: `none-${i}` })),
  );
  const answers = await Promise.all(
    crowd.map(async (token) => ({ code: codeOf(await who(token)), reads: calls(JWKS) })),
  );
  const limited = answers.filter(({ code }) => code === "RATE_LIMITED");
  expect(limited).toHaveLength(20);
  expect(Math.min(...limited.map((answer) => answer.reads))).toBe(reads);
});

test("invented keys, other algorithms and no signature: refused without a call each", async () => {
  await who(await gateway.emulator.mintM2mToken());
  const { session_jwt } = await gateway.emulator.mintSession({ memberId: memberIdOf("northwind", 0) });
  const session: JWTPayload = JSON.parse(Buffer.from(session_jwt.split(".")[1] ?? "", "base64url").toString());
  gateway.calls();
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const invented = await Promise.all(
    Array.from({ length: 30 }, async () => {
      const key = await newKey();
      return [key.sign(session), key.sign(m2mClaims())];
    }),
  );
  const tokens = [
    ...(await Promise.all(invented.flat())),
    await new SignJWT(session).setProtectedHeader({ alg: "HS256", typ: "JWT" }).sign(Buffer.alloc(32)),
    `${part({ alg: "none", typ: "JWT" })}.${part(session)}.`,
    `${session_jwt.slice(0, -8)}AAAAAAAA`,
  ];
  const answers = await Promise.all(tokens.map(who));
  expect(new Set(answers.map(codeOf))).toEqual(new Set(["UNAUTHENTICATED"]));
  expect(calls(AUTHENTICATE)).toBe(0);
  expect(calls(JWKS)).toBeLessThanOrEqual(2);
});

test.each<[string, Record<string, unknown>]>([
  ["no subject", { sub: "" }],
  ["no end", { exp: undefined }],
  ["no time of issue", { iat: undefined }],
  ["no scope", { scope: undefined }],
  ["a Member as its subject", { sub: "member-test-1" }],
  ["an Organization", { "https://stytch.com/organization": { organization_id: "organization-test-1" } }],
  ["an app", { client_id: "connected-app-test-1" }],
  ["another audience", { aud: ["project-test-other"] }],
  ["another issuer", { iss: "stytch.com/project-test-other" }],
])("a token with %s is no operator service's, though the project signed it", async (_, claims) => {
  const key = await newKey();
  key.publish();
  expect(codeOf(await who(await key.sign(m2mClaims())))).toBeUndefined();
  expect(codeOf(await who(await key.sign({ ...m2mClaims(), ...claims })))).toBe("UNAUTHENTICATED");
});

test("while the key set cannot be read nobody is called a stranger", async () => {
  gateway.emulator.faults.inject({ route: JWKS, fault: { kind: "status", status: 503 }, times: 3 });
  const token = await gateway.emulator.mintM2mToken();
  expect(codeOf(await who(token))).toBe("UPSTREAM_UNAVAILABLE");
  expect(codeOf(await who(token))).toBeUndefined();
});

test("invented keys count for their address, also while the key set cannot be read", async () => {
  const { emulator } = gateway;
  const replica = await startReplica(emulator, { rateLimits: { address: 20 } });
  const ask = (token: string) => post(replica.url, { authorization: `Bearer ${token}` }, "{ viewer { isOperator } }");
  expect(codeOf(await ask(await emulator.mintM2mToken()))).toBeUndefined();
  emulator.faults.inject({ route: JWKS, fault: { kind: "status", status: 503 }, times: 1000 });
  const key = await newKey();
  const codesOf20 = async () => {
    const tokens = await Promise.all(Array.from({ length: 20 }, () => key.sign({ ...m2mClaims(), jti: randomUUID() })));
    return new Set((await Promise.all(tokens.map(ask))).map(codeOf));
  };
  expect(await codesOf20()).toEqual(new Set(["UPSTREAM_UNAVAILABLE"]));
  expect(await codesOf20()).toEqual(new Set(["RATE_LIMITED"]));
  emulator.faults.clear();
  await replica.stop();
});
