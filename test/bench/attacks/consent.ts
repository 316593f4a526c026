import { Browser, CALLBACK, CHALLENGE, readForm } from "../../oauth/setup";
import { all, type Row, type Scene, times } from "./row";
import type { Target } from "./target";

const AUTHORIZE = "POST /v1/b2b/idp/oauth/authorize";

async function register(scene: Scene, target: Target, redirectUrl = CALLBACK): Promise<string> {
  const clientType = redirectUrl.startsWith("https:") ? "THIRD_PARTY" : "THIRD_PARTY_PUBLIC";
  const query = `mutation ($urls: [String!]) { createClient(input: { clientType: ${clientType}, name: "Books", redirectUrls: $urls }) { connectedApp { id } userErrors { message } } }`;
  const { text } = await target.ask({ query, variables: { urls: [redirectUrl] } }, await scene.service());
  const id = /"id":"([\w-]+)"/.exec(text)?.[1];
  if (!id) throw new Error(`No app was registered: ${text}`);
  return id;
}

async function signIn({ emulator }: Scene, { url }: Target, memberId: string): Promise<Browser> {
  const browser = new Browser(url);
  browser.cookies.set("stytch_session", (await emulator.mintSession({ memberId })).session_token);
  return browser;
}

const pageOf = (clientId: string, redirectUri: string): string =>
  `/oauth/authorize?${new URLSearchParams({
    client_id: clientId,
    redirect_uri: redirectUri,
    scope: "openid profile",
    state: "s",
    code_challenge: CHALLENGE,
    code_challenge_method: "S256",
    prompt: "consent",
  })}`;

/** Drawn as nothing, though Unicode calls them letters and symbols: https://www.unicode.org/reports/tr36/ */
const UNSEEN = "\u3164\u2800\u115f";
/** As long as the parameters of a request may be. */
const LONG = "x".repeat(4096);

/** What a person reads. */
const textOf = (markup: string) => markup.replace(/<style>[\s\S]*?<\/style>|<[^>]*>/g, " ");

export const CONSENT: readonly Row[] = [
  {
    number: 6,
    attack: "36 requests of one Member with large texts, 20 times each",
    async play(scene) {
      const target = await scene.start();
      const { memberId, adminId } = scene.emulator.seeded.people;
      const clientId = await register(scene, target);
      const honest = await signIn(scene, target, adminId);
      const form = readForm(await (await honest.get(pageOf(clientId, CALLBACK))).text());
      const before = target.rssMb();
      const attacker = await scene.session(memberId);
      const fields = times(20, (i) => `a${i}: startAuthorization(input: $input) { authorizationRequest { id } }`);
      const query = `mutation ($input: StartAuthorizationInput!) { ${fields.join(" ")} }`;
      const input = {
        clientId,
        redirectUri: CALLBACK,
        scopes: ["openid"],
        codeChallenge: CHALLENGE,
        codeChallengeMethod: "S256",
        state: LONG,
        nonce: LONG,
        resources: times(20, () => `https://r.example/${LONG}`.slice(0, LONG.length)),
      };
      for (let i = 0; i < 36; i++) await target.ask({ query, variables: { input } }, attacker);
      const answer = await honest.submit({ ...form });
      const grown = Math.max(0, target.rssMb() - before);
      const held = answer.status === 303;
      return { held, figure: `another's consent: ${held ? "granted" : `gone (${answer.status})`}; +${grown} MB` };
    },
  },
  {
    number: 10,
    attack: "the answer of a grant is lost",
    async play(scene) {
      const target = await scene.start();
      const browser = await signIn(scene, target, scene.emulator.seeded.people.memberId);
      const clientId = await register(scene, target);
      const form = readForm(await (await browser.get(pageOf(clientId, CALLBACK))).text());
      scene.emulator.faults.inject({ route: AUTHORIZE, fault: { kind: "reset-after-effect" } });
      const page = await (await browser.submit({ ...form })).text();
      const lines = target.logs.filter(({ msg }) => msg === "audit").filter((line) => says(line, clientId));
      const audited = lines.some((line) => says(line, "UNKNOWN") && !says(line, "CLIENT_CREATED"));
      return all([
        { held: !page.includes("Nothing was granted"), figure: /<h1>(.*?)<\/h1>/.exec(page)?.[1] ?? "no page" },
        { held: audited, figure: audited ? "an audit line says UNKNOWN" : "no audit line" },
      ]);
    },
  },
  {
    number: 14,
    attack: "misleading redirect URIs, invisible names, long descriptions",
    async play(scene) {
      const target = await scene.start();
      const browser = await signIn(scene, target, scene.emulator.seeded.people.memberId);
      const evil = "com.evil.app://accounts.google.com/cb";
      const evilId = await register(scene, target, evil);
      const shown = await (await browser.get(pageOf(evilId, evil))).text();
      const text = textOf(shown);
      const isTold = text.includes("com.evil.app") && !/\s(to|with)\s+accounts\.google\.com/.test(text);
      const longId = await register(scene, target);
      const client = scene.emulator.state.clients.get(longId);
      if (!client) throw new Error("The app is not there.");
      const changed = { ...client, client_name: UNSEEN, client_description: "d".repeat(200_000) };
      scene.emulator.state.clients.set(longId, changed);
      const long = await (await browser.get(pageOf(longId, CALLBACK))).text();
      const name = /<h1>.*?<bdi>(.*?)<\/bdi>/s.exec(long)?.[1] ?? "";
      const isNamed = /[a-z]/.test(name);
      return all([
        { held: isTold, figure: isTold ? "says which app is opened" : "You go on to accounts.google.com" },
        { held: isNamed, figure: isNamed ? `an unseen name: ${name} instead` : "an empty heading" },
        { held: long.length < 50_000, figure: `a page of ${Math.round(long.length / 1000)} kB` },
      ]);
    },
  },
];

const says = (line: object, word: string) => JSON.stringify(line).includes(word);
