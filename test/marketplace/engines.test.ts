import fc from "fast-check";
import { fold } from "../../src/marketplace/fold";
import type { PublicApp } from "../../src/marketplace/listing";
import type { ListingFilter, ListingPlace } from "../../src/marketplace/listings";
import { createMarketplace, type Marketplace } from "../../src/marketplace/marketplace";
import { ENGINES, type Engine, startEngine } from "../ledger/engines";
import { openTestLedger, type TestLedger } from "../ledger/ledger";

const TEXTS = {
  tagline: "Does one thing",
  details: "d",
  publisherUrl: null,
  supportUrl: null,
  privacyPolicyUrl: "https://app.example/privacy",
  termsUrl: null,
  installUrl: "https://app.example/",
  scopes: [],
};

/** Letters of several scripts, with and without marks, and everything that means something to LIKE or to a collation. */
const name = fc.string({
  unit: fc.constantFrom(..."aAbBzZäÄéßøİıñ 0-_%\\.'\"中я🙂".split("").filter(Boolean), "e\u0301", "ﬁ", "\0"),
  minLength: 1,
  maxLength: 6,
});

describe.each(ENGINES)("%s", (engineName) => {
  let engine: Engine;
  let ledger: TestLedger;
  let marketplace: Marketplace;
  let saved: { id: string; name: string }[];

  beforeAll(async () => {
    engine = await startEngine(engineName);
    ledger = await openTestLedger(await engine.create());
    marketplace = createMarketplace(ledger.store, { production: true });
    saved = fc
      .sample(name, { numRuns: 150, seed: 7 })
      .map((text, index) => ({ id: `connected-app-test-${String(index).padStart(3, "0")}`, name: text }));
    await Promise.all(
      saved.map(async ({ id, name }) => {
        const app: PublicApp = {
          connected_app_id: id,
          name,
          description: "",
          client_type: "third_party",
          logo_url: "",
        };
        await marketplace.listings.save(app, {
          ...TEXTS,
          publisherName: "Größe",
          categories: [name.slice(0, 1) || "x"],
        });
        await marketplace.listings.publish(app);
      }),
    );
  });
  afterAll(async () => {
    await ledger.stop();
    await engine.stop();
  });

  async function walk(filter: Omit<ListingFilter, "statuses">, first: number): Promise<string[]> {
    const ids: string[] = [];
    for (let after: ListingPlace | null = null; ; ) {
      const page = await marketplace.listings.page({ first, after, filter: { ...filter, statuses: ["PUBLISHED"] } });
      ids.push(...page.listings.map(({ app }) => app.connected_app_id));
      const last = page.listings.at(-1)?.app;
      if (!page.hasMore || !last) {
        expect(page.total).toBe(ids.length);
        return ids;
      }
      after = { name: last.name, appId: last.connected_app_id };
    }
  }

  /** In code points of the folded name, then by id: the order that every engine must give. */
  const inOrder = (listings: typeof saved) =>
    listings
      .toSorted(
        (a, b) =>
          Buffer.compare(Buffer.from(fold(a.name)), Buffer.from(fold(b.name))) ||
          Buffer.compare(Buffer.from(a.id), Buffer.from(b.id)),
      )
      .map(({ id }) => id);

  test.each([1, 7, 100])("pages of %i: all listings, each once, in order", async (first) => {
    expect(await walk({}, first)).toEqual(inOrder(saved));
  });

  test("a search finds what has all its words in the folded texts, and nothing else", async () => {
    await fc.assert(
      fc.asyncProperty(name, async (search) => {
        const words = fold(search).split(" ").filter(Boolean);
        const expected = saved.filter(({ name }) => {
          const text = [name, TEXTS.tagline, "Größe"].map(fold).join("\n");
          return words.every((word) => text.includes(word));
        });
        expect(await walk({ search }, 100)).toEqual(inOrder(expected));
      }),
      { numRuns: 100, seed: 7 },
    );
  });

  test("what can be no id finds nothing", async () => {
    const ids = ["connected-app-test-\0", "", "connected-app-test-\ud83d", "x".repeat(100_000)];
    expect(await marketplace.listings.byApps(ids)).toEqual(new Map());
    expect(await marketplace.appRequests.byIds(ids)).toEqual(new Map());
  });

  test("of one app twenty ended requests are kept, whoever asked", async () => {
    const { appRequests } = marketplace;
    const target = { organizationId: "organization-test-1", connectedAppId: "connected-app-test-000" };
    for (let index = 0; index < 23; index++) {
      ledger.advance(1000);
      const id = `app-request-00000000-0000-4000-8000-0000000000${String(index).padStart(2, "0")}`;
      await appRequests.open({ id, ...target, memberId: "member-test-1", reason: null });
      await appRequests.end(id, { status: "WITHDRAWN", decidedBy: null, note: null });
    }
    const page = await appRequests.page({ ...target, memberId: null, statuses: null, first: 100, after: null });
    // The last one ended after the others were counted.
    expect(page.total).toBe(21);
    expect(page.requests[0]?.id).toMatch(/22$/);
  });
});
