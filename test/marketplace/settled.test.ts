import { createMarketplace } from "../../src/marketplace/marketplace";
import { outcomeOf } from "../../src/marketplace/outcome";
import { openTestLedger, type TestLedger } from "../ledger/ledger";

const APP = "connected-app-test-1";
const REQUEST = "app-request-00000000-0000-4000-8000-00000000000a";
const TEXTS = {
  tagline: "t",
  details: "d",
  categories: [],
  publisherName: "p",
  publisherUrl: null,
  supportUrl: null,
  privacyPolicyUrl: "https://app.example/privacy",
  termsUrl: null,
  installUrl: "https://app.example/",
  scopes: [],
};

/** A process writes down what it is about to do, does it or not, and is gone; later somebody else finds it open. */
async function afterCrash(
  ledger: TestLedger,
  intent: Pick<Parameters<TestLedger["operations"]["begin"]>[0], "action" | "facts">,
  work: () => Promise<unknown>,
) {
  const marketplace = createMarketplace(ledger.store, { production: true });
  await ledger.operations.begin({
    actor: { kind: "SERVICE", id: "m2m-client-test-1" },
    target: { connectedAppId: APP },
    requestId: "request-1",
    ...intent,
  });
  await work();
  ledger.advance(120_000);
  const [open] = await ledger.operations.claimOpen(10);
  if (!open) throw new Error("It is not open.");
  const result = await outcomeOf(open, marketplace);
  await ledger.operations.settle(open, result ?? { outcome: "UNKNOWN" });
  return result?.outcome;
}

test("what a crash left open is settled by looking at the shelf and the requests", async () => {
  const ledger = await openTestLedger("memory");
  const { listings, appRequests } = createMarketplace(ledger.store, { production: true });
  const app = { connected_app_id: APP, name: "App", description: "", client_type: "third_party", logo_url: "" };
  const nothing = () => Promise.resolve();
  const asked = { organizationId: "organization-test-1", memberId: "member-test-1", connectedAppId: APP, reason: null };
  const declined = { status: "DECLINED", decidedBy: null, note: null } as const;

  expect(await afterCrash(ledger, { action: "LISTING_SAVED" }, nothing)).toBe("FAILED");
  expect(await afterCrash(ledger, { action: "LISTING_SAVED" }, () => listings.save(app, TEXTS))).toBe("DONE");
  expect(await afterCrash(ledger, { action: "LISTING_SAVED" }, nothing)).toBe("FAILED");
  expect(await afterCrash(ledger, { action: "LISTING_PUBLISHED" }, nothing)).toBe("FAILED");
  expect(await afterCrash(ledger, { action: "LISTING_PUBLISHED" }, () => listings.publish(app))).toBe("DONE");
  expect(await afterCrash(ledger, { action: "LISTING_WITHDRAWN" }, () => listings.withdraw(APP))).toBe("DONE");

  const request = { action: "APP_REQUESTED", facts: { appRequestId: REQUEST } } as const;
  expect(await afterCrash(ledger, request, nothing)).toBe("FAILED");
  expect(await afterCrash(ledger, request, () => appRequests.open({ id: REQUEST, ...asked }))).toBe("DONE");
  const withdraw = { action: "APP_REQUEST_WITHDRAWN", facts: { appRequestId: REQUEST, status: "WITHDRAWN" } } as const;
  const decide = { action: "APP_REQUEST_DECIDED", facts: { appRequestId: REQUEST, status: "DECLINED" } } as const;
  expect(await afterCrash(ledger, decide, nothing)).toBe("FAILED");
  expect(await afterCrash(ledger, decide, () => appRequests.end(REQUEST, declined))).toBe("DONE");
  expect(await afterCrash(ledger, withdraw, nothing)).toBe("FAILED");
  await ledger.stop();
});
