import { memberIdOf, seededId } from "stytch-emulator";
import { bodyOf, HOSTILE, type Hostile } from "../bounds/hostile-texts";
import { type Server, start, type Upstream } from "./child";

/**
 * What hostile requests do to the gateway, alone in its process: CPU of the process, of its main thread (the first time
 * V8 compiles in others), the most without a turn of the event loop, and how much the process grew. Each is sent three times; the worst is shown. `npx tsx test/bench/hostile.ts`, a minute.
 */
const SLUG = "customer-0001";
const organization = `organization(id: "${seededId("organization", SLUG)}")`;
const members = (inner: string) => `members(first: 100) { nodes { id name ${inner} } }`;
const EVERYTHING = "emailAddress status roles isAdmin externalId createdAt updatedAt";
const times = (count: number, text: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => text(i)).join(" ");

/** Within every bound, or just above one: what takes longest of all that is answered. */
const ANSWERS: Record<string, string> = {
  "20,000 authorizations in one list": `{ ${organization} { authorizations { id scopes } } }`,
  "with what they name": `{ ${organization} { authorizations { id scopes connectedApp { id name } } } }`,
  "100 x 50 authorizations": `{ ${organization} { ${members("authorizations { id scopes connectedApp { name } }")} } }`,
  "100 x 100 Members": `{ ${organization} { ${members(`organization { ${members(EVERYTHING)} }`)} } }`,
  "4 x 100 x 100 Members": `{ ${organization} { ${times(4, (i) => `a${i}: ${members(`organization { ${members("")} }`)}`)} } }`,
  "9 x 100 x 100 Members, aliased": `{ ${organization} { ${times(9, (i) => `a${i}: members(first: ${91 + i}) { nodes { id organization { members(first: 100) { nodes { id } } } } }`)} } }`,
  "100 x 100 x 100 Members": `{ ${organization} { ${members(`organization { ${members(`organization { ${members("")} }`)} }`)} } }`,
  "100 x 100 x 100 x 100 Members": `{ ${organization} { ${members(`organization { ${members(`organization { ${members(`organization { ${members("")} }`)} }`)} }`)} } }`,
  "20,000 authorizations with 15 fields each": `{ ${organization} { authorizations { ${times(15, (i) => `a${i}: __typename`)} } } }`,
  "100 x 100 Members with 40 fields each": `{ ${organization} { ${members(`organization { ${members(times(25, (i) => `a${i}: status`))} }`)} } }`,
  "a page with 280 fields an item": `{ ${organization} { ${members(`organization { ${members(times(28, (i) => `a${i}: organization { id name slug logoUrl createdAt updatedAt externalId connectedAppPolicy { firstParty { mode } } }`))} }`)} } }`,
};
const OWN: Record<string, string> = {
  "a Member's authorizations of authorizations":
    "{ viewer { member { authorizations { member { authorizations { organization { connectedApps { id name } } } } } } } }",
  "15 times": `{ viewer { member { ${times(15, (i) => `a${i}: authorizations { member { authorizations { organization { connectedApps { id } } } } }`)} } } }`,
};

async function main(): Promise<void> {
  const seed = { organizations: 1, members: 398, apps: 50, authorizationsPerMember: 50 };
  const upstream = await start<Upstream & { session: string }>("upstream", 1, { seed, member: memberIdOf(SLUG, 5) });
  const gateway = await start("gateway", 0, { upstream: upstream.facts, coalesce: true });
  const operator = { authorization: `Bearer ${upstream.facts.token}` };
  const member = { authorization: `Bearer ${upstream.facts.session}` };
  const rows: Record<string, object> = {};
  const all: [string, Hostile, Record<string, string>][] = [
    ...Object.entries(HOSTILE).flatMap(([name, hostile]): [string, Hostile, Record<string, string>][] => [
      [`${name}, nobody`, hostile, {}],
      [`${name}, Member`, hostile, member],
    ]),
    ...Object.entries(ANSWERS).map(([name, query]): [string, Hostile, typeof operator] => [name, { query }, operator]),
    ...Object.entries(OWN).map(([name, query]): [string, Hostile, typeof member] => [name, { query }, member]),
  ];
  await send(gateway, { query: "{ viewer { isOperator } }" }, operator);
  for (const [name, hostile, headers] of all.filter(([name]) => name.includes(process.argv[2] ?? "")))
    rows[name] = await worstOf(gateway, hostile, headers);
  console.table(rows);
  await Promise.all([gateway.stop(), upstream.stop()]);
}

interface Seen {
  cpuMs: number;
  threadMs: number;
  blockedMs: number;
  grownMb: number;
}

async function worstOf(gateway: Server, hostile: Hostile, headers: Record<string, string>) {
  const worst = { cpuMs: 0, threadMs: 0, blockedMs: 0, grownMb: 0, bytes: 0, outcome: "" };
  for (let time = 0; time < 3; time++) {
    await gateway.ask("watch");
    const text = await send(gateway, hostile, headers);
    const seen = (await gateway.ask("seen")) as Seen;
    worst.cpuMs = Math.max(worst.cpuMs, seen.cpuMs);
    worst.threadMs = Math.max(worst.threadMs, seen.threadMs);
    worst.blockedMs = Math.max(worst.blockedMs, seen.blockedMs);
    worst.grownMb = Math.max(worst.grownMb, seen.grownMb);
    worst.bytes = text.length;
    worst.outcome = /"code":"(\w+)"/.exec(text)?.[1] ?? "OK";
  }
  return worst;
}

async function send(gateway: Server, hostile: Hostile, headers: Record<string, string>): Promise<string> {
  const response = await fetch(gateway.facts.url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: bodyOf(hostile),
  });
  return response.text();
}

void main();
