import { CALLBACK, memberWithRole, type OAuthContext, startOAuth, type TestClient } from "./setup";

let context: OAuthContext;
beforeAll(async () => {
  context = await startOAuth();
});
afterAll(() => context.emulator.stop());

async function consentRequired({ client_id }: TestClient, scopes: string[], prompt?: string): Promise<boolean> {
  const { consent_required } = await context.stytch.idp.oauth.authorizeStart({
    client_id,
    redirect_uri: CALLBACK,
    response_type: "code",
    scopes,
    ...context.member,
    ...(prompt !== undefined && { prompt }),
  });
  return consent_required;
}

/** `granted` is authorized beforehand. */
const RULES: {
  rule: string;
  granted?: string[];
  revoked?: boolean;
  scopes?: string[];
  prompt?: string;
  bypass?: boolean;
  first: boolean;
  third: boolean | null;
}[] = [
  { rule: "first authorization", first: false, third: true },
  { rule: "the same scopes again", granted: ["openid", "email"], first: false, third: false },
  { rule: "fewer scopes", granted: ["openid", "email", "profile"], first: false, third: false },
  { rule: "more scopes", granted: ["openid"], first: false, third: true },
  {
    rule: "a scope more that is not grantable",
    granted: ["openid"],
    scopes: ["delete:ledger"],
    first: false,
    third: false,
  },
  { rule: "prompt=consent", granted: ["openid", "email"], prompt: "consent", first: true, third: true },
  { rule: "after a revoke", granted: ["openid", "email"], revoked: true, first: true, third: true },
  { rule: "offline_access", scopes: ["openid", "offline_access"], first: true, third: true },
  {
    rule: "offline_access again",
    granted: ["openid", "offline_access"],
    scopes: ["openid", "offline_access"],
    first: true,
    third: true,
  },
  // Third parties cannot have the bypass.
  { rule: "offline_access with the bypass", scopes: ["offline_access"], bypass: true, first: false, third: null },
];

test.each(RULES)("$rule: first party asks: $first, third party asks: $third", async (row) => {
  const { granted, revoked, scopes = ["openid", "email"], prompt, bypass = false, first, third } = row;
  for (const [type, expected] of [
    ["first_party", first],
    ["third_party", third],
  ] as const) {
    if (expected === null) continue;
    const client = await context.newClient(type, { bypass_consent_for_offline_access: bypass });
    if (granted) await context.codeFor(client, { scopes: granted });
    if (revoked) {
      const connected_app_id = client.client_id;
      await context.stytch.organizations.members.connectedApps.revoke({ ...context.member, connected_app_id });
    }
    expect([type, await consentRequired(client, scopes, prompt)]).toEqual([type, expected]);
  }
});

test("consent given after a revoke counts again", async () => {
  const client = await context.newClient("third_party");
  await context.codeFor(client);
  const app = { ...context.member, connected_app_id: client.client_id };
  await context.stytch.organizations.members.connectedApps.revoke(app);
  await context.codeFor(client);
  expect(await consentRequired(client, ["openid"])).toBe(false);
});

test.each([
  ["bookkeeper", ["read:ledger", "write:ledger"]],
  ["auditor", ["read:ledger"]],
])("a %s can grant what the role covers wholly", async (role, grantable) => {
  const client = await context.newClient("third_party");
  const { scope_results } = await context.stytch.idp.oauth.authorizeStart({
    client_id: client.client_id,
    redirect_uri: CALLBACK,
    response_type: "code",
    scopes: ["delete:ledger", "read:ledger", "write:ledger", "read:ledger"],
    ...memberWithRole(context.emulator, role),
  });
  expect(scope_results.map(({ scope }) => scope)).toEqual(["delete:ledger", "read:ledger", "write:ledger"]);
  expect(scope_results.filter((result) => result.is_grantable).map(({ scope }) => scope)).toEqual(grantable);
  expect(scope_results.find(({ scope }) => scope === "read:ledger")?.description).toBe("Read your ledger");
});

test.each([
  ["first_party", true, true],
  ["first_party", false, false],
  ["third_party", false, false],
] as const)(
  "full_access for a %s client that allows it: %s is grantable: %s",
  async (type, full_access_allowed, expected) => {
    const client = await context.newClient(type, { full_access_allowed });
    const { scope_results } = await context.stytch.idp.oauth.authorizeStart({
      client_id: client.client_id,
      redirect_uri: CALLBACK,
      response_type: "code",
      scopes: ["full_access"],
      ...context.member,
    });
    expect(scope_results).toMatchObject([{ scope: "full_access", is_grantable: expected }]);
  },
);

test("start shows member, organization and the public side of the client, and grants nothing", async () => {
  const client = await context.newClient("third_party", { client_name: "Plain" });
  const answer = await context.stytch.idp.oauth.authorizeStart({
    client_id: client.client_id,
    redirect_uri: CALLBACK,
    response_type: "code",
    scopes: ["openid"],
    ...context.member,
  });
  expect(answer).toMatchObject({ member_id: context.member.member_id, member: context.member });
  expect(answer.organization.organization_slug).toBe("northwind");
  expect(answer.client).toEqual({
    client_id: client.client_id,
    client_name: "Plain",
    client_description: "",
    client_type: "third_party",
    logo_url: null,
  });
  const { connected_apps } = await context.stytch.organizations.members.getConnectedApps(context.member);
  expect(connected_apps.map(({ connected_app_id }) => connected_app_id)).not.toContain(client.client_id);
});
