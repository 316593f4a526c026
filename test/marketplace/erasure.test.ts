import { erase } from "../../src/ledger/erase";
import { createMarketplace } from "../../src/marketplace/marketplace";
import { openTestLedger } from "../ledger/ledger";

const ids = ["a", "b", "c"].map((letter) => `app-request-00000000-0000-4000-8000-00000000000${letter}`);

test("a person's requests, and what they answered to others, are erased with them; a tenant's all", async () => {
  const ledger = await openTestLedger("memory");
  const { appRequests } = createMarketplace(ledger.store, { production: true });
  const [own = "", answered = "", other = ""] = ids;
  const open = (id: string, organizationId: string, memberId: string, connectedAppId: string) =>
    appRequests.open({ id, organizationId, memberId, connectedAppId, reason: "Because of my illness" });
  await open(own, "organization-test-1", "member-test-1", "connected-app-test-1");
  await open(answered, "organization-test-1", "member-test-2", "connected-app-test-2");
  await open(other, "organization-test-2", "member-test-3", "connected-app-test-1");
  await appRequests.end(answered, { status: "DECLINED", decidedBy: "member-test-1", note: "Ask me, Ada" });

  await erase(ledger.store, { memberId: "member-test-1" });
  const left = await appRequests.byIds(ids);
  expect([...left.keys()].sort()).toEqual([answered, other]);
  expect(left.get(answered)).toMatchObject({ status: "DECLINED", decidedBy: null, note: null });

  await erase(ledger.store, { organizationId: "organization-test-1" });
  expect([...(await appRequests.byIds(ids)).keys()]).toEqual([other]);
  await ledger.stop();
});
