import { OrganizationMembersDocument } from "../generated/graphql";
import { startTestGateway, type TestGateway } from "../support/gateway";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({
    emulator: { seed: { organizations: 2, members: 102, apps: 6, authorizationsPerMember: 6 } },
  });
});
afterAll(() => gateway.stop());

const SEARCH = "POST /v1/b2b/organizations/members/search";
const APPS = "GET /v1/b2b/organizations/:organization_id/connected_apps";
const APP = "GET /v1/b2b/organizations/:organization_id/connected_apps/:connected_app_id";

const organizationOf = (memberId: string) => gateway.emulator.state.requireMemberById(memberId).organization_id;

test("an operator reads an Organization, 50 Members and their authorizations with K + 2 calls", async () => {
  const id = organizationOf(gateway.emulator.seeded.people.adminId);
  const client = await gateway.asService();
  const { organization } = await client.request(OrganizationMembersDocument, { id, first: 50 });
  expect(organization?.members?.nodes).toHaveLength(50);
  expect(gateway.calls().sort()).toEqual([APPS, ...Array<string>(6).fill(APP), SEARCH]);
});

test("an admin's Organization comes from the search too", async () => {
  const client = await gateway.as(gateway.emulator.seeded.people.adminId);
  gateway.calls();
  const { organization } = await client.request(OrganizationMembersDocument, { first: 50 });
  expect(organization?.name).toBeTruthy();
  expect(gateway.calls().sort()).toEqual([
    APPS,
    ...Array<string>(6).fill(APP),
    SEARCH,
    "POST /v1/b2b/sessions/authenticate",
  ]);
});

test("a filter that nobody matches leaves the Organization readable", async () => {
  const id = organizationOf(gateway.emulator.seeded.people.adminId);
  const client = await gateway.asService();
  const filter = { emailContains: "nobody-is-called-this" };
  const { organization } = await client.request(OrganizationMembersDocument, { id, filter });
  expect(organization).toMatchObject({ id, members: { nodes: [] } });
});

test("an unknown Organization is null", async () => {
  const client = await gateway.asService();
  const id = "organization-test-00000000-0000-4000-8000-00000000dead";
  expect(await client.request(OrganizationMembersDocument, { id })).toEqual({ organization: null });
});
