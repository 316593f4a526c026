import type { Fault } from "stytch-emulator";
import { startTestGateway, type TestGateway } from "../support/gateway";
import { type Answer, post } from "../support/post";

const STATE = "canary-state-5f1c";
const VERIFIER_CHALLENGE = "canary-challenge-0123456789012345678901234567890";

let gateway: TestGateway;
let printed: string[];
const write = process.stdout.write;
const writeError = process.stderr.write;
beforeEach(async () => {
  gateway = await startTestGateway({ config: { upstreamTimeoutMs: 500 } });
  printed = [];
  for (const stream of [process.stdout, process.stderr]) {
    stream.write = (text: string | Uint8Array) => {
      printed.push(String(text));
      return true;
    };
  }
});
afterEach(async () => {
  process.stdout.write = write;
  process.stderr.write = writeError;
  await gateway.stop();
});

/** Every operation that touches a secret, with each kind of credential. Returns the secrets and the answers. */
async function useEverySecret() {
  const { emulator, url } = gateway;
  const session = await emulator.mintSession({ memberId: emulator.seeded.people.memberId });
  const m2m = await emulator.mintM2mToken();
  const service = { authorization: `Bearer ${m2m}` };
  const member = { "x-stytch-member-session": session.session_token };
  const answers: Answer[] = [];
  const send = async (query: string, headers: Record<string, string>) => {
    const answer = await post(url, headers, query);
    answers.push(answer);
    return answer;
  };
  const created = await send(
    `mutation { createClient(input: { clientType: THIRD_PARTY, name: "Canary", redirectUrls: ["https://a.example/cb"] })
      { clientSecret connectedApp { id } userErrors { code } } }`,
    service,
  );
  const id = created.text.match(/connected-app-test-[\w-]+/)?.[0];
  const rotated = await send(
    `mutation { rotateSecret(input: { clientId: "${id}" }) { nextClientSecret userErrors { code } } }`,
    service,
  );
  await send("{ viewer { member { id authorizations { scopes } } } }", member);
  await send("{ viewer { member { id } } }", { authorization: `Bearer ${session.session_jwt}` });
  await send("{ viewer { isOperator } }", { authorization: "Bearer canary-wrong-credential" });
  const started = await send(
    `mutation { startAuthorization(input: { clientId: "${id}", redirectUri: "https://a.example/cb", scopes: ["openid"],
      state: "${STATE}", codeChallenge: "${VERIFIER_CHALLENGE}", codeChallengeMethod: "S256" })
      { authorizationRequest { id } userErrors { code } } }`,
    member,
  );
  const request = started.text.match(/authorization-request-[\w-]+/)?.[0];
  const submitted = await send(
    `mutation { submitConsent(input: { authorizationRequestId: "${request}", decision: ALLOW }) { redirectUri userErrors { code } } }`,
    member,
  );
  const shownOnce = [
    created.text.match(/"clientSecret":"([^"]+)"/)?.[1],
    rotated.text.match(/"nextClientSecret":"([^"]+)"/)?.[1],
    submitted.text.match(/[?&]code=([^&"]+)/)?.[1],
    submitted.text.includes(STATE) ? STATE : undefined,
  ];
  const { session_token, session_jwt } = session;
  const never = [session_token, session_jwt, m2m, emulator.secret, "canary-wrong-credential", VERIFIER_CHALLENGE];
  never.push(Buffer.from(`${emulator.projectId}:${emulator.secret}`).toString("base64"));
  return { answers, never, shownOnce: shownOnce.filter((secret) => secret !== undefined) };
}

const output = async () =>
  `${JSON.stringify(gateway.logs)}${printed.join("")}${await (await fetch(`${gateway.url}/metrics`)).text()}`;

test("each secret is in the one answer that carries it and in no log line, metric or other output", async () => {
  const { answers, never, shownOnce } = await useEverySecret();
  expect(shownOnce).toHaveLength(4);
  const told = await output();
  for (const secret of shownOnce) {
    expect(answers.filter(({ text }) => text.includes(secret))).toHaveLength(1);
    expect(told).not.toContain(secret);
  }
  for (const secret of never) {
    expect(answers.filter(({ text }) => text.includes(secret))).toEqual([]);
    expect(told).not.toContain(secret);
  }
  expect(gateway.logs.length).toBeGreaterThan(8);
});

const FAULTS: [string, Fault][] = [
  ["500", { kind: "status", status: 500 }],
  ["a reset", { kind: "reset" }],
  ["a lost answer", { kind: "reset-after-effect" }],
  ["HTML", { kind: "body", status: 502, body: "<h1>Bad gateway</h1>" }],
  ["null", { kind: "body", body: "null" }],
  ["an answer of another shape", { kind: "body", body: "{}" }],
  ["a hang", { kind: "hang" }],
];

test.each(FAULTS)("nor while Stytch answers with %s", async (_, fault) => {
  // The key set is loaded, so that tokens are known and every call is tried.
  await post(gateway.url, { authorization: `Bearer ${await gateway.emulator.mintM2mToken()}` }, "{ __typename }");
  gateway.emulator.faults.inject({ route: "*", fault, times: 1000 });
  const { answers, never, shownOnce } = await useEverySecret();
  const told = `${await output()}${answers.map(({ text }) => text).join("")}`;
  for (const secret of [...never, ...shownOnce, STATE]) expect(told).not.toContain(secret);
});
