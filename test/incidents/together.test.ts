import { memberIdOf } from "stytch-emulator";
import { RevokeAppDocument, RevokeMemberAppDocument } from "../generated/graphql";
import { signedIn } from "../oauth/setup";
import { startTestGateway, type TestGateway } from "../support/gateway";

const REVOKE = "POST /v1/b2b/organizations/:organization_id/members/:member_id/connected_apps/:connected_app_id/revoke";

let gateway: TestGateway;
let northwind: string;
let appId: string;
beforeAll(async () => {
  gateway = await startTestGateway({ emulator: { latencyMs: 5 } });
  northwind = gateway.emulator.state.organizations.findBySlug("northwind")?.organization_id ?? "";
  appId = gateway.emulator.seeded.demoApp.clientId;
});
afterAll(() => gateway.stop());

const USERS = Array.from({ length: 15 }, (_, index) => memberIdOf("northwind", index + 4));

test.each([1, 2, 3, 4, 5])("two admins and a Member at the same moment: each is told the truth (%i)", async () => {
  const { state, seeded } = gateway.emulator;
  for (const member_id of USERS) {
    state.grants.record({ organization_id: northwind, member_id, client_id: appId, scopes: ["openid"] });
  }
  const total = state.grants.ofOrganizationAndClient(northwind, appId).length;
  const member = USERS[7] ?? "";
  const [admin, manager, self] = await Promise.all([
    gateway.as(seeded.people.adminId),
    gateway.as(memberIdOf("northwind", 1)),
    gateway.as(member),
  ]);
  gateway.logs.length = 0;
  const all = { input: { connectedAppId: appId } };
  const [first, second, own] = await Promise.all([
    admin.request(RevokeAppDocument, all),
    manager.request(RevokeAppDocument, all),
    self.request(RevokeMemberAppDocument, { input: { connectedAppId: appId, memberId: member } }),
  ]);
  for (const { revokeApp } of [first, second]) {
    expect(revokeApp).toMatchObject({ failures: [], userErrors: [] });
    expect(revokeApp?.remainingCount).not.toBeNull();
  }
  expect(state.grants.ofOrganizationAndClient(northwind, appId)).toEqual([]);
  // Whoever ended last saw nothing left; each revocation was one of the three's.
  expect(Math.min(first.revokeApp?.remainingCount ?? -1, second.revokeApp?.remainingCount ?? -1)).toBe(0);
  const { revokedConnectedAppId, userErrors = [] } = own.revokeMemberApp ?? {};
  const byThemselves = revokedConnectedAppId === appId ? 1 : 0;
  if (byThemselves === 0) expect(userErrors).toMatchObject([{ code: "NOT_FOUND", field: ["connectedAppId"] }]);
  expect((first.revokeApp?.revokedCount ?? 0) + (second.revokeApp?.revokedCount ?? 0) + byThemselves).toBe(total);

  const events = gateway.logs.filter(({ msg }) => msg === "audit");
  expect(events.filter(({ outcome }) => outcome === "DONE")).toHaveLength(total);
  expect(
    events.every(({ outcome, code }) => outcome === "DONE" || (outcome === "REFUSED" && code === "NOT_FOUND")),
  ).toBe(true);
  expect(gateway.calls().filter((route) => route === REVOKE).length).toBe(events.length);
});

test("a Member takes back on the page what an admin is just taking back", async () => {
  const { state, seeded } = gateway.emulator;
  const member = USERS[3] ?? "";
  state.grants.record({ organization_id: northwind, member_id: member, client_id: appId, scopes: ["openid"] });
  const browser = await signedIn(gateway, member);
  const markup = await (await browser.get(`/account/apps/take-back?app=${appId}`)).text();
  const _csrf = /name="_csrf" value="([^"]+)"/.exec(markup)?.[1] ?? "";
  const admin = await gateway.as(seeded.people.adminId);
  const [page, { revokeApp }] = await Promise.all([
    browser.post("/account/apps/take-back/submit", { _csrf, app: appId }),
    admin.request(RevokeAppDocument, { input: { connectedAppId: appId, memberIds: [member] } }),
  ]);
  const byPage = page.headers.get("location")?.startsWith("/account/apps/taken-back?") ? 1 : 0;
  expect([page.status, byPage + (revokeApp?.revokedCount ?? 0)]).toEqual([303, 1]);
  expect(revokeApp).toMatchObject({ remainingCount: 0, failures: [], userErrors: [] });
});
