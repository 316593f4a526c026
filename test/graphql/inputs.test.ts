import { memberIdOf } from "stytch-emulator";
import { startTestGateway, type TestGateway } from "../support/gateway";
import { codeOf, post } from "../support/post";

let gateway: TestGateway;
let headers: Record<string, string>;
let appId: string;
beforeAll(async () => {
  gateway = await startTestGateway();
  headers = { authorization: `Bearer ${await gateway.emulator.mintM2mToken()}` };
  appId = gateway.emulator.seeded.demoApp.clientId;
});
beforeEach(() => void gateway.calls());
afterAll(() => gateway.stop());

interface UserError {
  code: string;
  field: string[] | null;
  message: string;
}

async function mutate(mutation: string, input: Record<string, unknown>) {
  const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`;
  const query = `mutation ($input: ${type}!) { ${mutation}(input: $input) { userErrors { code field message } } }`;
  return post<Record<string, { userErrors: UserError[] }>>(gateway.url, headers, query, { input });
}

/** Refused before anything was sent; every message names its field. */
async function userErrorsOf(mutation: string, input: Record<string, unknown>): Promise<UserError[]> {
  const { data, errors } = await mutate(mutation, input);
  expect(errors).toEqual([]);
  expect(gateway.calls()).toEqual([]);
  const userErrors = data?.[mutation]?.userErrors ?? [];
  // The field's own name: the path's last part that is not an index.
  for (const { field, message } of userErrors) {
    const name = field?.findLast((part) => !/^\d+$/.test(part));
    if (name && !message.startsWith("There is no such")) expect(message).toContain(name);
  }
  return userErrors;
}

const MANY_URLS = Array.from({ length: 51 }, (_, index) => `https://app.example/${index}`);

/** `[what is wrong, input, field]`; the same rules for a new app and a changed one. */
const BAD_CLIENT_FIELDS: [string, Record<string, unknown>, string[]][] = [
  ["a control character in the name", { name: "Led\u0000ger" }, ["name"]],
  ["a line break in the name", { name: "Led\nger" }, ["name"]],
  ["a bidirectional override in the name", { name: "Led\u202Eger" }, ["name"]],
  ["an isolate in the name", { name: "Led\u2066ger" }, ["name"]],
  ["a long name", { name: "n".repeat(201) }, ["name"]],
  ["a bidirectional override in the description", { description: "a\u202Bb" }, ["description"]],
  ["a long description", { description: "d".repeat(2001) }, ["description"]],
  ["a redirect URL that is none", { redirectUrls: ["https://a.example/", "nonsense"] }, ["redirectUrls", "1"]],
  ["a redirect URL with a fragment", { redirectUrls: ["https://a.example/#x"] }, ["redirectUrls", "0"]],
  ["a redirect URL with an empty fragment", { redirectUrls: ["https://a.example/#"] }, ["redirectUrls", "0"]],
  ["a redirect URL with a wildcard", { redirectUrls: ["https://*.a.example/"] }, ["redirectUrls", "0"]],
  ["a redirect URL with a password", { redirectUrls: ["https://u:p@a.example/"] }, ["redirectUrls", "0"]],
  ["a redirect URL over http", { redirectUrls: ["http://a.example/"] }, ["redirectUrls", "0"]],
  [
    "a redirect URL on a look-alike of localhost",
    { redirectUrls: ["http://localhost.a.example/"] },
    ["redirectUrls", "0"],
  ],
  ["a javascript redirect URL", { redirectUrls: ["javascript:alert(1)"] }, ["redirectUrls", "0"]],
  ["a data redirect URL", { redirectUrls: ["data:text/html,x"] }, ["redirectUrls", "0"]],
  ["a private scheme without a dot", { redirectUrls: ["myapp:/callback"] }, ["redirectUrls", "0"]],
  ["a space in a redirect URL", { redirectUrls: [" https://a.example/"] }, ["redirectUrls", "0"]],
  ["too many redirect URLs", { redirectUrls: MANY_URLS }, ["redirectUrls"]],
  ["a bad logout URL", { postLogoutRedirectUrls: ["http://a.example/"] }, ["postLogoutRedirectUrls", "0"]],
  ["an expiry of 0 minutes", { accessTokenExpiryMinutes: 0 }, ["accessTokenExpiryMinutes"]],
  ["an expiry of more than a day", { accessTokenExpiryMinutes: 1441 }, ["accessTokenExpiryMinutes"]],
  ["a control character in the audience", { accessTokenCustomAudience: "a\u0007" }, ["accessTokenCustomAudience"]],
  ["a template that is no JSON", { accessTokenTemplateContent: "{" }, ["accessTokenTemplateContent"]],
  ["a template that is a list", { accessTokenTemplateContent: "[1]" }, ["accessTokenTemplateContent"]],
  ["a template that is null", { idTokenTemplateContent: "null" }, ["idTokenTemplateContent"]],
  ["a long template", { idTokenTemplateContent: `{"a":"${"x".repeat(10_000)}"}` }, ["idTokenTemplateContent"]],
  ["a logo over http", { logoUrl: "http://a.example/logo.png" }, ["logoUrl"]],
  ["a javascript logo", { logoUrl: "javascript:alert(1)" }, ["logoUrl"]],
];

describe("createClient and updateClient", () => {
  test.each(BAD_CLIENT_FIELDS)("refuse %s and send nothing", async (_, fields, field) => {
    const expected = [{ code: "INVALID", field }];
    expect(await userErrorsOf("createClient", { clientType: "THIRD_PARTY", name: "App", ...fields })).toMatchObject(
      expected,
    );
    expect(await userErrorsOf("updateClient", { clientId: appId, ...fields })).toMatchObject(expected);
  });

  test.each(["THIRD_PARTY", "THIRD_PARTY_PUBLIC"])("%s: first-party flags are refused", async (clientType) => {
    const flags = { fullAccessAllowed: true, bypassConsentForOfflineAccess: true };
    expect(await userErrorsOf("createClient", { clientType, name: "App", ...flags })).toMatchObject([
      { code: "INVALID", field: ["fullAccessAllowed"] },
      { code: "INVALID", field: ["bypassConsentForOfflineAccess"] },
    ]);
  });

  test("a third-party app does not get the flags by an update either: Stytch's refusal names the field", async () => {
    for (const flag of ["fullAccessAllowed", "bypassConsentForOfflineAccess"]) {
      const { data } = await mutate("updateClient", { clientId: appId, [flag]: true });
      expect(data?.updateClient?.userErrors).toMatchObject([{ code: "INVALID", field: [flag] }]);
    }
  });

  test("UNKNOWN is for reading only", async () => {
    expect(await userErrorsOf("createClient", { clientType: "UNKNOWN", name: "App" })).toMatchObject([
      { code: "INVALID", field: ["clientType"] },
    ]);
  });

  test("every problem is named at once", async () => {
    const input = { clientType: "UNKNOWN", name: "\u0000", redirectUrls: ["x", "y"], accessTokenExpiryMinutes: 0 };
    const fields = (await userErrorsOf("createClient", input)).map(({ field }) => field?.join("."));
    expect(fields).toEqual(["clientType", "name", "redirectUrls.0", "redirectUrls.1", "accessTokenExpiryMinutes"]);
  });

  const FIELDS = {
    name: "Ledger “Export” — 帳簿",
    description: "Two\nlines\tand a tab",
    redirectUrls: [
      "https://app.example/callback?tenant=1",
      "http://127.0.0.1/callback",
      "http://[::1]:8080/callback",
      "com.example.app:/callback",
    ],
    postLogoutRedirectUrls: ["https://app.example/bye"],
    fullAccessAllowed: true,
    bypassConsentForOfflineAccess: true,
    accessTokenExpiryMinutes: 1440,
    accessTokenCustomAudience: "https://api.example",
    accessTokenTemplateContent:
      '{ "plan": "{{ organization.trusted_metadata.plan }}", "seats": {{ member.trusted_metadata.seats }} }',
    idTokenTemplateContent: '{ "a": [1, { "b": "}" }] }',
    logoUrl: "https://app.example/logo.png",
  };
  const SENT = {
    client_name: FIELDS.name,
    client_description: FIELDS.description,
    redirect_urls: FIELDS.redirectUrls,
    post_logout_redirect_urls: FIELDS.postLogoutRedirectUrls,
    full_access_allowed: true,
    bypass_consent_for_offline_access: true,
    access_token_expiry_minutes: 1440,
    access_token_custom_audience: FIELDS.accessTokenCustomAudience,
    access_token_template_content: FIELDS.accessTokenTemplateContent,
    id_token_template_content: FIELDS.idTokenTemplateContent,
    logo_url: FIELDS.logoUrl,
  };
  const bodyOf = (route: string) => gateway.emulator.requests(route).at(-1)?.body;
  const CREATE = "POST /v1/connected_apps/clients";
  const UPDATE = "PUT /v1/connected_apps/clients/:client_id";

  test("every field of a new app reaches Stytch unchanged and is stored", async () => {
    const query = `mutation ($input: CreateClientInput!) { createClient(input: $input) { userErrors { message }
      connectedApp { name description clientType logoUrl registration {
        status creationMethod redirectUrls postLogoutRedirectUrls fullAccessAllowed bypassConsentForOfflineAccess
        accessTokenExpiryMinutes accessTokenCustomAudience accessTokenTemplateContent idTokenTemplateContent } } } }`;
    const answer = await post(gateway.url, headers, query, { input: { clientType: "FIRST_PARTY_PUBLIC", ...FIELDS } });
    expect(answer.errors).toEqual([]);
    expect(bodyOf(CREATE)).toEqual({ client_type: "first_party_public", ...SENT });
    const { name, description, logoUrl, ...registration } = FIELDS;
    const shown = { name, description, logoUrl, clientType: "FIRST_PARTY_PUBLIC" };
    expect(answer.data).toEqual({
      createClient: {
        userErrors: [],
        connectedApp: { ...shown, registration: { status: "active", creationMethod: "API", ...registration } },
      },
    });
  });

  test("every field of a changed app reaches Stytch unchanged", async () => {
    const clientId = [...gateway.emulator.state.clients.values()].find(
      ({ client_type }) => client_type === "first_party_public",
    )?.client_id;
    const { data, errors } = await mutate("updateClient", { clientId, ...FIELDS });
    expect(errors).toEqual([]);
    expect(data).toEqual({ updateClient: { userErrors: [] } });
    expect(bodyOf(UPDATE)).toEqual(SENT);
  });

  test("what is left out or null is not sent; empty values are", async () => {
    await mutate("createClient", { clientType: "THIRD_PARTY", name: "App", description: null });
    expect(bodyOf(CREATE)).toEqual({ client_type: "third_party", client_name: "App" });
    const empty = { description: "", redirectUrls: [], accessTokenTemplateContent: "", logoUrl: "" };
    await mutate("updateClient", { clientId: appId, name: null, fullAccessAllowed: false, ...empty });
    expect(bodyOf(UPDATE)).toEqual({
      client_description: "",
      redirect_urls: [],
      access_token_template_content: "",
      logo_url: "",
      full_access_allowed: false,
    });
  });
});

test.each(["updateClient", "deleteClient", "rotateSecret", "completeSecretRotation", "cancelSecretRotation"])(
  "%s: a text that is no app's id is not found, and not sent",
  async (mutation) => {
    for (const clientId of ["", "..", "../../organizations", "organization-test-1", "ledger"]) {
      expect(await userErrorsOf(mutation, { clientId })).toMatchObject([{ code: "NOT_FOUND", field: ["clientId"] }]);
    }
  },
);

test("an app's id that looks like a path stays one part of the path", async () => {
  const { data } = await mutate("deleteClient", { clientId: "connected-app-test-/../../x?y#z" });
  expect(data?.deleteClient?.userErrors).toMatchObject([{ code: "NOT_FOUND", field: ["clientId"] }]);
  expect(gateway.calls()).toEqual(["DELETE /v1/connected_apps/clients/:client_id"]);
});

describe("revokeMemberApp", () => {
  test("names every id that cannot be one", async () => {
    const input = { memberId: "northwind-0001", connectedAppId: "..", organizationId: "northwind" };
    expect(await userErrorsOf("revokeMemberApp", input)).toMatchObject([
      { code: "NOT_FOUND", field: ["memberId"] },
      { code: "NOT_FOUND", field: ["connectedAppId"] },
    ]);
  });

  test("operators must name the Organization", async () => {
    const input = { memberId: memberIdOf("northwind", 5), connectedAppId: appId };
    expect(await userErrorsOf("revokeMemberApp", input)).toMatchObject([
      { code: "INVALID", field: ["organizationId"] },
    ]);
  });

  test.each(["", ".", "..", "a/b", "ü"])(
    "an Organization called %p is not found, and not sent",
    async (organizationId) => {
      const input = { memberId: memberIdOf("northwind", 5), connectedAppId: appId, organizationId };
      expect(await userErrorsOf("revokeMemberApp", input)).toMatchObject([
        { code: "NOT_FOUND", field: ["organizationId"] },
      ]);
    },
  );
});

describe("updateConnectedAppPolicy", () => {
  const bad: [string, Record<string, unknown>, string[] | null][] = [
    ["no rule", {}, null],
    ["an unknown mode", { firstParty: { mode: "UNKNOWN" } }, ["firstParty", "mode"]],
    [
      "a text that is no id",
      { thirdParty: { mode: "RESTRICTED", allowedAppIds: ["x"] } },
      ["thirdParty", "allowedAppIds", "0"],
    ],
    [
      "a list without end",
      { thirdParty: { mode: "RESTRICTED", allowedAppIds: Array(1001).fill("connected-app-test-1") } },
      ["thirdParty", "allowedAppIds"],
    ],
  ];
  test.each(bad)("refuses %s and sends nothing", async (_, rules, field) => {
    const input = { organizationId: "northwind", ...rules };
    expect(await userErrorsOf("updateConnectedAppPolicy", input)).toMatchObject([{ code: "INVALID", field }]);
  });

  test("both rules reach Stytch unchanged, and nothing else", async () => {
    const organization = gateway.emulator.state.organizations.findBySlug("juniper-studio");
    const { errors } = await mutate("updateConnectedAppPolicy", {
      organizationId: organization?.organization_id,
      firstParty: { mode: "NOT_ALLOWED" },
      thirdParty: { mode: "RESTRICTED", allowedAppIds: [appId] },
    });
    expect(errors).toEqual([]);
    expect(gateway.emulator.requests("PUT /v1/b2b/organizations/:organization_id").at(-1)?.body).toEqual({
      first_party_connected_apps_allowed_type: "NOT_ALLOWED",
      third_party_connected_apps_allowed_type: "RESTRICTED",
      allowed_third_party_connected_apps: [appId],
    });
  });
});

describe("arguments of reads: BAD_USER_INPUT that names the argument, and nothing sent", () => {
  test.each([
    ["first", "{ organizations(first: 0) { totalCount } }"],
    ["first", "{ organizations(first: 101) { totalCount } }"],
    ["first", "{ connectedApps(first: -1) { totalCount } }"],
    ["after", '{ organizations(after: "nonsense") { totalCount } }'],
    ["after", '{ connectedApps(after: "") { totalCount } }'],
    ["filter.nameContains", '{ organizations(filter: { nameContains: "ab" }) { totalCount } }'],
    ["filter.slugs", "{ organizations(filter: { slugs: [] }) { totalCount } }"],
    ["id", "{ organization { id } }"],
    ["ids", `{ nodes(ids: [${Array(101).fill('"x"').join(", ")}]) { id } }`],
  ])("%s in %s", async (name, query) => {
    const answer = await post(gateway.url, headers, query);
    expect(codeOf(answer)).toBe("BAD_USER_INPUT");
    expect(answer.errors[0]?.message).toContain(name);
    expect(gateway.calls()).toEqual([]);
  });

  test.each([
    ["first", "members(first: 101)"],
    ["filter.emailContains", 'members(filter: { emailContains: "ab" })'],
    ["filter.roles", "members(filter: { roles: [] })"],
    ["filter.statuses", "members(filter: { statuses: [UNKNOWN] })"],
  ])("%s in %s: the rest of the answer is there", async (name, members) => {
    const answer = await post(
      gateway.url,
      headers,
      `{ organization(id: "northwind") { slug ${members} { totalCount } } }`,
    );
    expect(codeOf(answer)).toBe("BAD_USER_INPUT");
    expect(answer.errors[0]?.message).toContain(name);
    expect(gateway.calls()).not.toContain("POST /v1/b2b/organizations/members/search");
  });
});
