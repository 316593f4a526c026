import fc from "fast-check";

/** What a random query may name. */
export interface Vocabulary {
  organizations: string[];
  members: string[];
  apps: string[];
  authorizations: string[];
}

type Text = fc.Arbitrary<string>;
/** A selection of some type, so many levels deep. */
type Selection = (depth: number) => Text;

const join = (...parts: (Text | string)[]): Text =>
  fc
    .tuple(...parts.map((part) => (typeof part === "string" ? fc.constant(part) : part)))
    .map((texts) => texts.join(""));
const braces = (selection: Text): Text => join(" { ", selection, " }");
const nodes = (selection: Text): Text => join(" { totalCount nodes { ", selection, " } }");

/** The scalars and some of the relations. Aliases by type: one fragment's must not clash with another's. */
function some(alias: string, scalars: string, depth: number, relations: (depth: number) => Text[]): Text {
  if (depth === 0) return fc.constant(scalars);
  const all = relations(depth - 1).map((relation, index) => join(` ${alias}${index}: `, relation));
  return fc.subarray(all).chain((chosen) => join(scalars, ...chosen));
}

const APPS_FILTER = '(first: 3, filter: { nameContains: "e", clientTypes: [THIRD_PARTY] })';

/** Random operations over every type, path and argument of the schema, as text. */
export function randomQuery(words: Vocabulary): Text {
  const literal = (values: readonly string[]): Text => fc.constantFrom(...values).map((value) => JSON.stringify(value));
  const given = (name: string, value: Text): Text => join(`(${name}: `, value, ")");
  const maybe = (name: string, value: Text): Text => fc.oneof(fc.constant(""), given(name, value));
  const anyId = literal(Object.values(words).flat());
  const membersArguments = fc.constantFrom(
    "",
    "(first: 3)",
    '(filter: { emailContains: "harbor" })',
    "(first: 60, filter: { statuses: [DELETED, ACTIVE] })",
    '(filter: { roles: ["stytch_admin"] })',
  );

  const organization: Selection = (level) =>
    some("o", "id name slug externalId logoUrl", level, (depth) => [
      join("members", membersArguments, nodes(member(depth))),
      join("connectedApps", braces(app(depth))),
      join("authorizations", maybe("connectedAppId", literal(words.apps)), braces(authorization(depth))),
    ]);
  const member: Selection = (level) =>
    some("m", "id name emailAddress externalId roles", level, (depth) => [
      join("organization", braces(organization(depth))),
      join("authorizations", braces(authorization(depth))),
    ]);
  const app: Selection = (level) =>
    some("c", "id name description registration { redirectUrls }", level, (depth) => [
      join("authorizations", maybe("organizationId", literal(words.organizations)), braces(authorization(depth))),
      join("memberCount", maybe("organizationId", literal(words.organizations))),
    ]);
  const authorization: Selection = (level) =>
    some("a", "id scopes", level, (depth) => [
      join("member", braces(member(depth))),
      join("organization", braces(organization(depth))),
      join("connectedApp", braces(app(depth))),
    ]);
  const viewer = some("v", "isOperator scopes", 1, () => [
    join("member", braces(member(2))),
    join("organization", braces(organization(2))),
  ]);
  const anything: Text = join(
    "__typename id",
    join(" ... on Organization", braces(organization(1))),
    join(" ... on Member", braces(member(1))),
    join(" ... on ConnectedApp", braces(app(1))),
    join(" ... on Authorization", braces(authorization(1))),
  );
  const ids = join("[", fc.array(anyId, { minLength: 1, maxLength: 8 }).map(String), "]");

  const root = fc.oneof(
    { weight: 3, arbitrary: join("viewer", braces(viewer)) },
    { weight: 3, arbitrary: join("organization", maybe("id", literal(words.organizations)), braces(organization(2))) },
    { weight: 3, arbitrary: join("member", given("id", anyId), braces(member(2))) },
    { weight: 3, arbitrary: join("connectedApp", given("id", anyId), braces(app(2))) },
    { weight: 3, arbitrary: join("node", given("id", anyId), braces(anything)) },
    { weight: 3, arbitrary: join("nodes", given("ids", ids), braces(anything)) },
    // Rare: refused to Members, and a refusal takes the whole answer with it.
    { weight: 1, arbitrary: join("organizations", nodes(organization(1))) },
    { weight: 1, arbitrary: join("connectedApps", fc.constantFrom("", APPS_FILTER), nodes(app(1))) },
    { weight: 1, arbitrary: fc.constant("scopes { scope description roles }") },
  );
  return fc
    .array(root, { minLength: 1, maxLength: 3 })
    .map((roots) => `{ ${roots.map((text, index) => `q${index}: ${text}`).join(" ")} }`);
}
