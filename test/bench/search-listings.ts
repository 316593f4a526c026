/** Search among 5,000 listings, beside the page without it, on both engines: npx tsx test/bench/search-listings.ts */
import "reflect-metadata";
import { startEmulator } from "stytch-emulator";
import { openLedger } from "../../src/ledger/open";
import { createLogger } from "../../src/logger";
import { createMarketplace } from "../../src/marketplace/marketplace";
import { createMetrics } from "../../src/metrics";
import { ENGINES, startEngine } from "../ledger/engines";
import { startReplica } from "../support/replica";

const LISTINGS = 5000;
const ROUNDS = 60;
const WORDS = ["Ledger", "Invoice", "Payroll", "Straße", "Café", "Notes", "Atlas", "Tally", "Größe", "Bridge", "Cloud"];
const FILTERS = {
  "no search": "",
  "one word, many matches": '(filter: { search: "cafe" })',
  "two words, some matches": '(filter: { search: "strasse 77" })',
  "no match": '(filter: { search: "zzzzzz" })',
  category: '(filter: { categories: ["GRÖSSE"] })',
};

async function measure(engineName: string): Promise<void> {
  const engine = await startEngine(engineName);
  const databaseUrl = await engine.create();
  const ledger = await openLedger({
    databaseUrl,
    logger: createLogger("silent"),
    metrics: createMetrics(),
    clock: () => new Date(),
  });
  const { listings } = createMarketplace(ledger.store, { production: true });
  const pick = (index: number) => WORDS[index % WORDS.length] ?? "";
  for (let from = 0; from < LISTINGS; from += 250) {
    await Promise.all(
      Array.from({ length: 250 }, async (_, offset) => {
        const index = from + offset;
        const app = {
          connected_app_id: `connected-app-test-${index}`,
          name: `${pick(index)} ${pick(index * 7 + 3)} ${index}`,
          description: "An app",
          client_type: "third_party",
          logo_url: "",
        };
        await listings.save(app, {
          tagline: `${pick(index * 5)} for everybody who works with ${pick(index * 3)}`,
          details: "d".repeat(1500),
          categories: [pick(index), pick(index + 1)],
          publisherName: `Publisher ${index % 400}`,
          publisherUrl: null,
          supportUrl: null,
          privacyPolicyUrl: "https://app.example/privacy",
          termsUrl: null,
          installUrl: "https://app.example/",
          scopes: ["openid"],
        });
        await listings.publish(app);
      }),
    );
  }
  await ledger.stop();

  const emulator = await startEmulator({ port: 0 });
  const gateway = await startReplica(emulator, { databaseUrl, rateLimits: { viewer: 0, organization: 0 } });
  const { session_jwt } = await emulator.mintSession({ memberId: emulator.seeded.people.memberId });
  const times: Record<string, number[]> = {};
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, filter] of Object.entries(FILTERS)) {
      const query = `{ marketplace${filter} { totalCount nodes { id tagline connectedApp { name } } } }`;
      const start = performance.now();
      const response = await fetch(`${gateway.url}/graphql`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${session_jwt}` },
        body: JSON.stringify({ query }),
      });
      const body = (await response.json()) as { errors?: unknown };
      if (body.errors) throw new Error(JSON.stringify(body.errors));
      if (round >= ROUNDS / 6) times[name] = [...(times[name] ?? []), performance.now() - start];
    }
  }
  for (const [name, values] of Object.entries(times)) {
    const sorted = values.toSorted((a, b) => a - b);
    const at = (share: number) => sorted[Math.floor(sorted.length * share)]?.toFixed(1);
    process.stdout.write(`${engineName}  ${name.padEnd(26)} p50 ${at(0.5)} ms  p95 ${at(0.95)} ms\n`);
  }
  await gateway.stop();
  await emulator.stop();
  await engine.stop();
}

async function main(): Promise<void> {
  for (const engine of ENGINES) await measure(engine);
}
main().catch((error) => {
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
  process.exitCode = 1;
});
