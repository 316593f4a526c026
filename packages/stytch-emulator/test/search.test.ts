import { basic, type EmulatorWithSdk, outcome, startWithSdk } from "./sdk";

let context: EmulatorWithSdk;
beforeAll(async () => {
  context = await startWithSdk();
});
afterAll(() => context.emulator.stop());

const organizationSlugs = async (...operands: unknown[]) =>
  (await post("/v1/b2b/organizations/search", { query: { operator: "AND", operands } })).organizations.map(
    (organization) => organization.organization_slug,
  );
const emails = async (organization_ids: string[], ...operands: unknown[]) =>
  (
    await post("/v1/b2b/organizations/members/search", { organization_ids, query: { operator: "AND", operands } })
  ).members.map((member) => member.email_address);

interface SearchAnswer {
  organizations: { organization_slug: string }[];
  members: { email_address: string; status: string }[];
  error_type?: string;
}

/** Past the SDK's types, which would not let wrong filters through. */
async function post(path: string, body: unknown): Promise<SearchAnswer> {
  const response = await fetch(`${context.emulator.url}${path}`, {
    method: "POST",
    headers: { authorization: basic(context.emulator), "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return (await response.json()) as SearchAnswer;
}

const ALL = ["meridian", "northwind", "harbor-accounting", "bluefin", "juniper-studio", "cedar-stone"];

test.each<[string, unknown, string[]]>([
  ["organization_ids", ["bluefin", "crm-1001", "nobody"], ["northwind", "bluefin"]],
  ["organization_slugs", ["cedar-stone", "meridian"], ["meridian", "cedar-stone"]],
  ["organization_slug_fuzzy", "BOR", ["harbor-accounting"]],
  ["organization_name_fuzzy", "& stone", ["cedar-stone"]],
  ["member_emails", ["quentin.hoffmann@northwind.example"], ["northwind"]],
  ["member_email_fuzzy", "@juniper", ["juniper-studio"]],
  ["allowed_domains", ["bluefin.example"], ["bluefin"]],
  ["allowed_domain_fuzzy", "harbor", ["harbor-accounting"]],
  ["claimed_email_domains", ["x.example"], []],
  ["has_active_sso_connection", false, ALL],
  ["has_active_sso_connection", true, []],
  ["sso_connection_id", "none", []],
])("organizations by %s %j", async (filter_name, filter_value, expected) => {
  expect(await organizationSlugs({ filter_name, filter_value })).toEqual(expected);
});

test("operands narrow each other with AND and widen each other with OR", async () => {
  const operands = [
    { filter_name: "organization_slugs", filter_value: ["northwind", "bluefin"] },
    { filter_name: "organization_name_fuzzy", filter_value: "logistics" },
  ];
  expect(await organizationSlugs(...operands)).toEqual(["bluefin"]);
  const either = await post("/v1/b2b/organizations/search", { query: { operator: "OR", operands } });
  expect(either.organizations).toHaveLength(2);
  expect(await organizationSlugs()).toEqual(ALL);
});

test.each<[string, unknown, string[]]>([
  ["member_ids", ["cedar-stone-0002", "nobody"], ["quentin.iqbal@cedar-stone.example"]],
  ["member_email_fuzzy", "QUENTIN", ["quentin.iqbal@cedar-stone.example"]],
  ["member_emails", ["quentin.iqbal@cedar-stone.example"], ["quentin.iqbal@cedar-stone.example"]],
  ["member_roles", ["app_manager"], ["quentin.iqbal@cedar-stone.example"]],
  ["member_is_breakglass", true, []],
  ["member_password_exists", true, []],
  ["member_mfa_phone_numbers", ["+15555550100"], []],
  ["member_mfa_phone_number_fuzzy", "555", []],
  ["statuses", ["pending", "invited"], []],
])("members of one organization by %s %j", async (filter_name, filter_value, expected) => {
  expect(await emails(["cedar-stone"], { filter_name, filter_value })).toEqual(expected);
});

test("deleted members are left out unless the statuses name them", async () => {
  const byStatus = (statuses: string[]) => emails(["northwind"], { filter_name: "statuses", filter_value: statuses });
  expect(await emails(["northwind"])).toHaveLength(23);
  expect(await byStatus(["deleted"])).toHaveLength(1);
  expect(await byStatus(["pending", "invited", "deleted"])).toHaveLength(3);
});

test("members come with the organizations they belong to, and only those", async () => {
  const { members, organizations } = await context.stytch.organizations.members.search({
    organization_ids: ["northwind", "bluefin", "cedar-stone", "nobody"],
    query: { operator: "AND", operands: [{ filter_name: "member_emails", filter_value: ["nobody@x.example"] }] },
  });
  expect([members, organizations]).toEqual([[], {}]);
  const two = await context.stytch.organizations.members.search({ organization_ids: ["cedar-stone", "crm-1003"] });
  expect(
    Object.values(two.organizations)
      .map((organization) => organization.organization_slug)
      .sort(),
  ).toEqual(["bluefin", "cedar-stone"]);
  for (const member of two.members) expect(two.organizations).toHaveProperty([member.organization_id]);
});

test("a member of an organization that was not asked for is not found by id", async () => {
  const { adminId } = context.emulator.seeded.people;
  expect(await emails(["bluefin"], { filter_name: "member_ids", filter_value: [adminId] })).toEqual([]);
});

test("pages hold every member once, also while members are created", async () => {
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await context.stytch.organizations.members.search({
      organization_ids: ["harbor-accounting", "bluefin"],
      limit: 25,
      ...(cursor !== undefined && { cursor }),
    });
    if (cursor === undefined) {
      await context.stytch.organizations.members.create({
        organization_id: "harbor-accounting",
        email_address: "late@harbor-accounting.example",
      });
      expect(page.results_metadata.total).toBe(72);
    }
    seen.push(...page.members.map((member) => member.member_id));
    cursor = page.results_metadata.next_cursor;
  } while (cursor);
  expect(seen).toHaveLength(73);
  expect(new Set(seen).size).toBe(73);
});

const operandErrors = (prefix: string, array: string, text: string, flag: string): [string, unknown][] => [
  [`${prefix}_missing_filter_name`, {}],
  [`${prefix}_filter_name_must_be_string`, { filter_name: 7, filter_value: "x" }],
  [`${prefix}_filter_name_not_recognized`, { filter_name: "constructor", filter_value: "x" }],
  [`${prefix}_missing_filter_value`, { filter_name: array }],
  [`${prefix}_expected_array_of_strings`, { filter_name: array, filter_value: "one" }],
  [`${prefix}_expected_array_of_strings`, { filter_name: array, filter_value: [1] }],
  [`${prefix}_expected_string`, { filter_name: text, filter_value: ["one"] }],
  [`${prefix}_${text}_too_short`, { filter_name: text, filter_value: "ab" }],
  [`${prefix}_expected_boolean`, { filter_name: flag, filter_value: "true" }],
  ["user_search_maximum_filter_value_count_exceeded", { filter_name: array, filter_value: Array(1001).fill("x") }],
];

test.each(
  operandErrors("organization_search", "organization_ids", "organization_name_fuzzy", "has_active_sso_connection"),
)("organization search: %s", async (errorType, operand) => {
  const query = { operator: "AND", operands: [operand] };
  expect((await post("/v1/b2b/organizations/search", { query })).error_type).toBe(errorType);
});

test.each([
  ...operandErrors("member_search", "member_emails", "member_email_fuzzy", "member_is_breakglass"),
  ["search_invalid_status_filter", { filter_name: "statuses", filter_value: ["gone"] }],
  [
    "member_search_cannot_mix_internal_and_external_member_ids",
    { filter_name: "member_ids", filter_value: ["member-test-1", "northwind-0001"] },
  ],
] as [string, unknown][])("member search: %s", async (errorType, operand) => {
  const body = { organization_ids: ["northwind"], query: { operator: "AND", operands: [operand] } };
  expect((await post("/v1/b2b/organizations/members/search", body)).error_type).toBe(errorType);
});

test.each<[string, unknown]>([
  ["member_search_missing_organization_id", {}],
  ["member_search_organization_ids_empty", { organization_ids: [] }],
  ["bad_request", { organization_ids: "northwind" }],
  ["user_search_invalid_operator", { organization_ids: ["northwind"], query: { operator: "XOR", operands: [] } }],
  ["user_search_invalid_limit", { organization_ids: ["northwind"], limit: 1001 }],
  ["user_search_invalid_cursor", { organization_ids: ["northwind"], cursor: "after" }],
])("member search: %s for %j", async (errorType, body) => {
  expect((await post("/v1/b2b/organizations/members/search", body)).error_type).toBe(errorType);
});

test("a search without a query finds everything", async () => {
  expect(await outcome(context.stytch.organizations.search({}))).toBe("ok");
  const { organizations, results_metadata } = await context.stytch.organizations.search({ limit: 2 });
  expect(organizations).toHaveLength(2);
  expect(results_metadata).toMatchObject({ total: ALL.length, next_cursor: expect.any(String) });
});
