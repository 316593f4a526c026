import { memberIdOf } from "stytch-emulator";
import {
  AppAuthorizationsDocument,
  MarketplaceDocument,
  MyAuthorizationsDocument,
  NodesDocument,
  OrganizationAppsDocument,
  OrganizationMembersDocument,
  OrganizationsDocument,
} from "../generated/graphql";
import { startTestGateway, type TestGateway } from "../support/gateway";
import { codeOf, post } from "../support/post";

type Client = Awaited<ReturnType<TestGateway["as"]>>;
let gateway: TestGateway;
let operator: Client;
let admin: Client;
let plain: Client;
let ids: { northwind: string; harbor: string; demo: string };

beforeAll(async () => {
  gateway = await startTestGateway();
  const { people, demoApp } = gateway.emulator.seeded;
  operator = await gateway.asService();
  admin = await gateway.as(people.adminId);
  plain = await gateway.as(people.memberId);
  const { organizations } = gateway.emulator.state;
  ids = {
    northwind: organizations.findBySlug("northwind")?.organization_id ?? "",
    harbor: organizations.findBySlug("harbor-accounting")?.organization_id ?? "",
    demo: demoApp.clientId,
  };
});
afterAll(() => gateway.stop());

async function rawAs(memberId: string | null, query: string, variables: Record<string, unknown> = {}) {
  const { emulator, url } = gateway;
  const token = memberId ? (await emulator.mintSession({ memberId })).session_jwt : await emulator.mintM2mToken();
  return post(url, { authorization: `Bearer ${token}` }, query, variables);
}

describe("single objects", () => {
  test.each(["northwind", "crm-1001"])("an Organization by %p, for operators and its own Members", async (id) => {
    for (const client of [operator, plain]) {
      const { organization } = await client.request(OrganizationAppsDocument, { id });
      expect(organization).toMatchObject({ id: ids.northwind, name: "Northwind Traders" });
    }
  });

  test("the policy of an Organization, as Stytch has it", async () => {
    const { organization } = await operator.request(OrganizationAppsDocument, { id: "bluefin" });
    expect(organization?.connectedAppPolicy).toEqual({
      firstParty: { mode: "ALL_ALLOWED", allowedAppIds: [] },
      thirdParty: { mode: "NOT_ALLOWED", allowedAppIds: [] },
    });
  });

  test("a Member sees only its own Organization, by any name; without one it is meant", async () => {
    for (const id of [ids.harbor, "harbor-accounting", "crm-1002", "unknown", "..", ""]) {
      expect(await plain.request(OrganizationAppsDocument, { id })).toEqual({ organization: null });
    }
    expect(await plain.request(OrganizationAppsDocument, {})).toMatchObject({ organization: { id: ids.northwind } });
  });

  test("apps are listed by name; an upstream type that is not known reads as UNKNOWN", async () => {
    const { state } = gateway.emulator;
    const demo = state.requireClient(ids.demo);
    Object.assign(demo, { client_type: "agent" });
    const { organization } = await admin.request(OrganizationAppsDocument, {});
    Object.assign(demo, { client_type: "third_party" });
    const names = organization?.connectedApps?.map(({ name }) => name) ?? [];
    expect(names).toEqual(names.toSorted());
    expect(names).toHaveLength(8);
    expect(organization?.connectedApps?.find(({ id }) => id === ids.demo)?.clientType).toBe("UNKNOWN");
  });

  test("registration is null for Members, full for operators", async () => {
    const query = "query ($id: ID!) { connectedApp(id: $id) { id name registration { status redirectUrls } } }";
    const asAdmin = await rawAs(gateway.emulator.seeded.people.adminId, query, { id: ids.demo });
    expect(asAdmin.data).toEqual({ connectedApp: { id: ids.demo, name: "Ledger Export", registration: null } });
    const asOperator = await rawAs(null, query, { id: ids.demo });
    expect(asOperator.data).toMatchObject({ connectedApp: { registration: { status: "active" } } });
  });

  test("a deleted Member is found by its id, listed only when asked for", async () => {
    const deleted = memberIdOf("northwind", 23);
    const { nodes } = await admin.request(NodesDocument, { ids: [deleted] });
    expect(nodes).toMatchObject([{ id: deleted }]);
    const listed = async (filter?: { statuses: ("DELETED" | "ACTIVE")[] }) => {
      const { organization } = await admin.request(OrganizationMembersDocument, {
        first: 100,
        ...(filter && { filter }),
      });
      return organization?.members?.nodes.map(({ id }) => id);
    };
    expect(await listed({ statuses: ["DELETED"] })).toEqual([deleted]);
    expect(await listed()).not.toContain(deleted);
  });
});

describe("node and nodes", () => {
  test("answer in the order of the ids, each of its type, null for what cannot be seen", async () => {
    const { memberId } = gateway.emulator.seeded.people;
    const mine = (await plain.request(MyAuthorizationsDocument)).viewer?.member?.authorizations?.[0];
    const wanted = [
      mine?.id ?? "",
      ids.harbor,
      memberId,
      memberIdOf("harbor-accounting", 5),
      ids.northwind,
      "member-test-unknown",
      ids.demo,
      "nonsense",
      memberId,
    ];
    const { nodes } = await admin.request(NodesDocument, { ids: wanted });
    const types = nodes?.map((node) => node?.__typename ?? null);
    expect(types).toEqual([
      "Authorization",
      null,
      "Member",
      null,
      "Organization",
      null,
      "ConnectedApp",
      null,
      "Member",
    ]);
    expect(nodes?.map((node) => node?.id ?? null)).toEqual(wanted.map((id, index) => (types?.[index] ? id : null)));
  });

  test("every id that an answer holds can be read again", async () => {
    const query = `{ organization(id: "juniper-studio") { id members { nodes { id } } connectedApps { id }
      authorizations { id } } }`;
    const { text } = await rawAs(null, query);
    const all = [...text.matchAll(/"id":"([^"]+)"/g)].map(([, id]) => id ?? "").slice(0, 100);
    const { nodes } = await operator.request(NodesDocument, { ids: all });
    expect(nodes?.map((node) => node?.id)).toEqual(all);
  });
});

describe("authorizations", () => {
  test("a Member reads its own, an admin everybody's, and they agree", async () => {
    const own = (await plain.request(MyAuthorizationsDocument)).viewer?.member?.authorizations ?? [];
    expect(own).toHaveLength(4);
    const { organization } = await admin.request(OrganizationMembersDocument, { first: 100 });
    const { memberId } = gateway.emulator.seeded.people;
    const listed = organization?.members?.nodes.find(({ id }) => id === memberId)?.authorizations;
    expect(listed).toEqual(
      own.map(({ id, scopes, connectedApp: { id: appId, name } }) => ({
        id,
        scopes,
        connectedApp: { id: appId, name },
      })),
    );
  });

  test("an app's in one Organization; operators must name it", async () => {
    const asAdmin = await admin.request(AppAuthorizationsDocument, { id: ids.demo });
    expect(asAdmin.connectedApp?.authorizations?.length).toBeGreaterThan(5);
    expect(await operator.request(AppAuthorizationsDocument, { id: ids.demo, organizationId: "crm-1001" })).toEqual(
      asAdmin,
    );
    const unnamed = await rawAs(null, "query ($id: ID!) { connectedApp(id: $id) { id authorizations { id } } }", {
      id: ids.demo,
    });
    expect(codeOf(unnamed)).toBe("BAD_USER_INPUT");
  });

  test("of other Members are FORBIDDEN to a plain Member, wherever they are asked for", async () => {
    const query = `query ($id: ID!) { organization { name authorizations { id } }
      connectedApp(id: $id) { name authorizations { id } } }`;
    const answer = await rawAs(gateway.emulator.seeded.people.memberId, query, { id: ids.demo });
    expect(answer.errors.map(({ path, extensions }) => `${path?.join(".")} ${extensions.code}`).toSorted()).toEqual([
      "connectedApp.authorizations FORBIDDEN",
      "organization.authorizations FORBIDDEN",
    ]);
  });
});

describe("connections", () => {
  test("pages walk over everything, once, whichever their size", async () => {
    const whole = await admin.request(OrganizationMembersDocument, { first: 100 });
    const all = whole.organization?.members?.nodes.map(({ id }) => id) ?? [];
    expect(whole.organization?.members).toMatchObject({ totalCount: 23, pageInfo: { hasNextPage: false } });
    expect(new Set(all).size).toBe(23);
    for (const first of [1, 5, 22, 23]) {
      const walked: string[] = [];
      let after: string | null = null;
      for (let more = true; more; ) {
        const page: (typeof whole)["organization"] = (
          await admin.request(OrganizationMembersDocument, { first, after })
        ).organization;
        walked.push(...(page?.members?.nodes.map(({ id }) => id) ?? []));
        expect(page?.members?.pageInfo.hasPreviousPage).toBe(after !== null);
        after = page?.members?.pageInfo.endCursor ?? null;
        more = page?.members?.pageInfo.hasNextPage ?? false;
      }
      expect(walked).toEqual(all);
    }
  });

  test("any edge's cursor starts a page behind it", async () => {
    const { organizations } = await operator.request(OrganizationsDocument, { first: 6 });
    expect(organizations?.totalCount).toBe(6);
    expect(organizations?.pageInfo).toMatchObject({
      hasNextPage: false,
      hasPreviousPage: false,
      startCursor: organizations?.edges[0]?.cursor,
      endCursor: organizations?.edges[5]?.cursor,
    });
    for (const [index, { cursor }] of (organizations?.edges ?? []).entries()) {
      const page = (await operator.request(OrganizationsDocument, { first: 2, after: cursor })).organizations;
      const following = organizations?.edges.slice(index + 1, index + 3).map(({ node }) => node.id);
      expect(page?.edges.map(({ node }) => node.id)).toEqual(following);
      expect(page?.pageInfo.hasNextPage).toBe(index + 3 < 6);
    }
  });

  test("apps: a page, then the next", async () => {
    const first = (await operator.request(MarketplaceDocument, { first: 5 })).connectedApps;
    const after = first?.pageInfo.endCursor ?? null;
    const second = (await operator.request(MarketplaceDocument, { first: 5, after })).connectedApps;
    expect([first?.nodes.length, second?.nodes.length, first?.totalCount]).toEqual([5, 3, 8]);
    expect(new Set([first, second].flatMap((page) => page?.nodes ?? []).map(({ id }) => id)).size).toBe(8);
    expect(second?.pageInfo.hasNextPage).toBe(false);
  });

  test("a cursor of one list is refused by another", async () => {
    const { organization } = await admin.request(OrganizationMembersDocument, { first: 1 });
    const after = organization?.members?.pageInfo.endCursor;
    const elsewhere = `query ($after: String) { organization(id: "harbor-accounting") { members(after: $after) { totalCount } }
      connectedApps(after: $after) { totalCount } }`;
    const answer = await rawAs(null, elsewhere, { after });
    expect(answer.errors.map(({ extensions }) => extensions.code)).toContain("BAD_USER_INPUT");
  });

  test.each([
    ["organizations", "organizations", "OrganizationFilter", { nameContains: "studio" }, { nameContains: "traders" }],
    ["connectedApps", "connectedApps", "ConnectedAppFilter", { nameContains: "e" }, { clientTypes: ["FIRST_PARTY"] }],
    [
      "members",
      'organization(id: "northwind") { members',
      "MemberFilter",
      { emailContains: "@northwind", roles: ["stytch_admin"] },
      { emailContains: "@northwind" },
    ],
  ])(
    "%s: a cursor taken under one filter is refused under another, and under none",
    async (_, path, type, one, other) => {
      const query = `query ($after: String, $filter: ${type}) { ${path}(first: 1, after: $after, filter: $filter) {
      nodes { id } pageInfo { endCursor } } ${path.includes("{") ? "}" : ""} }`;
      const read = async (filter: object | null, after?: unknown) => {
        const { data, errors } = await rawAs(null, query, { filter, after });
        return {
          cursor: /"endCursor":"([^"]+)"/.exec(JSON.stringify(data))?.[1],
          codes: errors.map(({ extensions }) => extensions.code),
        };
      };
      for (const [filter, strange] of [
        [one, [other, null]],
        [null, [one, other]],
      ] as const) {
        const { cursor } = await read(filter);
        expect(cursor).toEqual(expect.any(String));
        // In another order it is the same.
        const same = filter && Object.fromEntries(Object.entries(filter).reverse());
        expect((await read(same, cursor)).codes).toEqual([]);
        for (const wrong of strange) expect((await read(wrong, cursor)).codes).toEqual(["BAD_USER_INPUT"]);
      }
    },
  );

  test.each([
    [{ nameContains: "studio" }, ["juniper-studio"]],
    [{ slugs: ["bluefin", "northwind", "unknown"] }, ["bluefin", "northwind"]],
    [{ nameContains: "traders", slugs: ["bluefin"] }, []],
  ])("organizations(filter: %j)", async (filter, slugs) => {
    const { organizations } = await operator.request(OrganizationsDocument, { filter });
    expect(organizations?.edges.map(({ node }) => node.slug).toSorted()).toEqual(slugs);
    expect(organizations?.totalCount).toBe(slugs.length);
  });

  test("members(filter): by e-mail, role and status, all of them together", async () => {
    const found = async (filter: { emailContains?: string; roles?: string[]; statuses?: "INVITED"[] }) => {
      const { organization } = await admin.request(OrganizationMembersDocument, { first: 100, filter });
      return organization?.members?.nodes.map(({ id }) => id);
    };
    expect(await found({ roles: ["app_manager"] })).toEqual([memberIdOf("northwind", 1)]);
    expect(await found({ statuses: ["INVITED"] })).toEqual([memberIdOf("northwind", 22)]);
    expect(await found({ emailContains: "@northwind" })).toHaveLength(23);
    expect(await found({ emailContains: "@northwind", roles: ["stytch_admin", "directory"] })).toEqual([
      memberIdOf("northwind", 0),
      memberIdOf("northwind", 2),
    ]);
  });
});

describe("reads after writes", () => {
  test("the same operation and the next show the new state", async () => {
    const query = `mutation ($id: ID!) {
      one: updateClient(input: { clientId: $id, description: "One" }) { connectedApp { description } }
      two: updateClient(input: { clientId: $id, description: "Two" }) { connectedApp { description } } }`;
    expect((await rawAs(null, query, { id: ids.demo })).data).toEqual({
      one: { connectedApp: { description: "One" } },
      two: { connectedApp: { description: "Two" } },
    });
    const read = await rawAs(null, "query ($id: ID!) { connectedApp(id: $id) { description } }", { id: ids.demo });
    expect(read.data).toEqual({ connectedApp: { description: "Two" } });
  });

  test("a revoked app is gone from the payload's Member", async () => {
    const { memberId } = gateway.emulator.seeded.people;
    const before = (await plain.request(MyAuthorizationsDocument)).viewer?.member?.authorizations ?? [];
    const revoked = before[0]?.connectedApp.id ?? "";
    const query = `mutation ($m: ID!, $c: ID!) { revokeMemberApp(input: { memberId: $m, connectedAppId: $c }) {
      userErrors { code } member { authorizations { connectedApp { id } } } } }`;
    const answer = await rawAs(memberId, query, { m: memberId, c: revoked });
    const left = before.slice(1).map(({ connectedApp: { id } }) => ({ connectedApp: { id } }));
    expect(answer.data).toEqual({ revokeMemberApp: { userErrors: [], member: { authorizations: left } } });
  });

  test("a service that may revoke but not read is told what it did, and refused the Member alone", async () => {
    const { emulator, url } = gateway;
    const memberId = memberIdOf("northwind", 7);
    const { client_id: connectedAppId } = [...emulator.state.grants.ofMember(memberId)][0] ?? { client_id: "" };
    const token = await emulator.mintM2mToken({ scopes: ["manage:authorizations"] });
    const query = `mutation ($input: RevokeMemberAppInput!) { revokeMemberApp(input: $input) {
      revokedConnectedAppId userErrors { code } member { id } } }`;
    const input = { organizationId: ids.northwind, memberId, connectedAppId };
    const answer = await post(url, { authorization: `Bearer ${token}` }, query, { input });
    expect(answer.data).toEqual({
      revokeMemberApp: { revokedConnectedAppId: connectedAppId, userErrors: [], member: null },
    });
    expect(answer.errors).toMatchObject([{ path: ["revokeMemberApp", "member"], extensions: { code: "FORBIDDEN" } }]);
  });

  test("a narrower policy is answered with, and the apps it left out are gone", async () => {
    const query = `mutation { updateConnectedAppPolicy(input: { organizationId: "juniper-studio",
        thirdParty: { mode: NOT_ALLOWED } }) {
      organization { connectedAppPolicy { thirdParty { mode } } connectedApps { clientType } } } }`;
    expect((await rawAs(null, query)).data).toEqual({
      updateConnectedAppPolicy: {
        organization: {
          connectedAppPolicy: { thirdParty: { mode: "NOT_ALLOWED" } },
          connectedApps: [{ clientType: "FIRST_PARTY" }],
        },
      },
    });
  });
});

describe("partial answers", () => {
  const APPS = "GET /v1/b2b/organizations/:organization_id/connected_apps";
  afterEach(() => gateway.emulator.faults.clear());

  test("one failing call takes its own field with it, not its siblings", async () => {
    const fault = { kind: "status", status: 500 } as const;
    gateway.emulator.faults.inject({ route: APPS, fault, times: 10 });
    const query = "{ viewer { member { name } } a: organization { connectedApps { id } } }";
    const answer = await rawAs(gateway.emulator.seeded.people.memberId, query);
    expect(answer.status).toBe(200);
    expect(answer.data).toMatchObject({ viewer: { member: { name: expect.any(String) } }, a: { connectedApps: null } });
    expect(answer.errors).toMatchObject([{ path: ["a", "connectedApps"] }]);
    expect(codeOf(answer)).toBe("UPSTREAM_UNAVAILABLE");
    expect(answer.errors[0]?.extensions).toMatchObject({ requestId: expect.any(String) });
  });

  test("one of several nodes that cannot be read is null, with its place in the error; the others are answered", async () => {
    const route = "GET /v1/b2b/organizations/:organization_id";
    gateway.emulator.faults.inject({ route, fault: { kind: "status", status: 500 }, times: 10 });
    const query = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    const answer = await rawAs(null, query, { ids: [ids.northwind, ids.demo, "unknown"] });
    expect(answer.data).toEqual({ nodes: [null, { id: ids.demo }, null] });
    expect(answer.errors).toMatchObject([{ path: ["nodes", 0] }]);
    expect(codeOf(answer)).toBe("UPSTREAM_UNAVAILABLE");
  });
});
