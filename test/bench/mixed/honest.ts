import { seededId } from "stytch-emulator";
import { type Headers, HONEST, type Mint } from "./stand-in";

/** What an honest caller sends: one kind for each share of a hundred. */
interface Kind {
  share: number;
  send(who: People, index: number): { path: string; query?: string; headers: Headers | undefined };
}

interface People {
  members: Headers[];
  admins: Headers[];
  cookies: Headers[];
  service: Headers;
}

const OWN = "{ viewer { member { id name authorizations { id scopes connectedApp { name } } } } }";
const DIRECTORY = "{ organization { name members(first: 25) { nodes { id name status } } } }";
const APPS = "{ connectedApps(first: 20) { nodes { id name registration { status } } } }";
const SHELF = "{ marketplace(first: 20) { nodes { id tagline availability } } }";
const LEDGER = "{ viewer { member { auditLog(first: 10) { nodes { action outcome } } } } }";
const write = (index: number) =>
  `mutation { updateClient(input: { clientId: "${seededId("connected-app", "Invoice Sync")}", description: "Number ${index}" }) { connectedApp { id } userErrors { code } } }`;

const pick = <T>(list: readonly T[], index: number): T | undefined => list[index % list.length];

const KINDS: readonly Kind[] = [
  { share: 40, send: ({ members }, i) => ({ path: "/graphql", query: OWN, headers: pick(members, i) }) },
  { share: 20, send: ({ admins }, i) => ({ path: "/graphql", query: DIRECTORY, headers: pick(admins, i) }) },
  { share: 12, send: ({ service }) => ({ path: "/graphql", query: APPS, headers: service }) },
  { share: 10, send: ({ members }, i) => ({ path: "/graphql", query: SHELF, headers: pick(members, i) }) },
  { share: 4, send: ({ members }, i) => ({ path: "/graphql", query: LEDGER, headers: pick(members, i) }) },
  { share: 9, send: () => ({ path: "/graphql", query: "{ viewer { isOperator } }", headers: {} }) },
  { share: 3, send: ({ cookies }, i) => ({ path: "/account/apps", headers: pick(cookies, i) }) },
  { share: 2, send: ({ service }, i) => ({ path: "/graphql", query: write(i), headers: service }) },
];
/** A hundred requests in which every kind has its share, spread evenly. */
const ROUND = KINDS.flatMap((kind) =>
  Array.from({ length: kind.share }, (_, n) => ({ kind, at: (n + 0.5) / kind.share })),
)
  .sort((a, b) => a.at - b.at)
  .map(({ kind }) => kind);

export const meet = async (mint: Mint): Promise<People> => ({
  members: await Promise.all(HONEST.flatMap((slug) => [5, 7, 10].map((index) => mint.token(slug, index)))),
  admins: await Promise.all(HONEST.map((slug) => mint.jwt(slug, 0))),
  cookies: await Promise.all(HONEST.map((slug) => mint.cookie(slug, 11))),
  service: await mint.service(),
});

export interface Measured {
  sent: number;
  p50: number;
  p99: number;
  max: number;
  errors: Record<string, number>;
}

/** JWTs are good for five minutes; a browser gets a new one before. */
const RENEW_MS = 4 * 60_000;

/**
 * Sends at a fixed rate, whatever the answers take (so a pause delays those that should have been sent in it as well),
 * and looks at every answer.
 */
export async function runHonest(url: string, mint: Mint, perSecond: number, milliseconds: number): Promise<Measured> {
  let people = await meet(mint);
  let renewed = performance.now();
  const waits: number[] = [];
  const errors: Record<string, number> = {};
  const under: Promise<void>[] = [];
  const started = performance.now();

  async function one(index: number, due: number): Promise<void> {
    const kind = ROUND[(index * 37) % ROUND.length];
    const { path, query, headers = {} } = kind?.send(people, index) ?? { path: "/" };
    // Behind our proxy, everybody has an address of their own.
    const forwarded = { "x-forwarded-for": `198.51.100.${index % 200}` };
    const body = query && { method: "POST", body: JSON.stringify({ query }) };
    let problem: string | undefined;
    try {
      const response = await fetch(url + path, {
        redirect: "manual",
        signal: AbortSignal.timeout(10_000),
        headers: { ...forwarded, ...headers, ...(query && { "content-type": "application/json" }) },
        ...body,
      });
      const text = await response.text();
      const code = query && /^\{"errors"/.test(text) ? (/"code":"(\w+)"/.exec(text)?.[1] ?? "an error") : undefined;
      problem = code ?? (response.status === 200 ? undefined : `status ${response.status}`);
    } catch (error) {
      problem = error instanceof Error ? error.name : "failed";
    }
    waits.push(performance.now() - due);
    if (!problem) return;
    const name = `${problem}: ${query?.slice(0, 30) ?? path}`;
    errors[name] = (errors[name] ?? 0) + 1;
  }

  for (let index = 0; ; index++) {
    const due = started + (index * 1000) / perSecond;
    if (due - started > milliseconds) break;
    if (due - renewed > RENEW_MS) {
      renewed = due;
      void meet(mint).then((fresh) => {
        people = fresh;
      });
    }
    const ahead = due - performance.now();
    if (ahead > 0) await new Promise((resolve) => setTimeout(resolve, ahead));
    under.push(one(index, due));
  }
  await Promise.all(under);
  const sorted = waits.sort((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.floor(share * (sorted.length - 1))] ?? 0);
  return { sent: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1), errors };
}
