import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { getIntrospectionQuery } from "graphql";
import { auditServer } from "graphql-http";
import { startTestGateway, type TestGateway } from "../support/gateway";
import { post } from "../support/post";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.stop());

const repeat = (times: number, text: (index: number) => string) =>
  Array.from({ length: times }, (_, i) => text(i)).join(" ");
const nested = (depth: number): string =>
  depth === 0 ? "name" : `members { nodes { organization { ${nested(depth - 1)} } } }`;

const FRAGMENTS = `fragment A on Query { ...B ...B } fragment B on Query { ...C ...C } fragment C on Query { ...D ...D }
  fragment D on Query { viewer { isOperator } nodes(ids: []) { id } __typename }`;

/** Two spreads a level: 2^200 paths for whoever walks them all. */
const BOMB = `{ ...F0 } ${repeat(200, (i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`)} fragment F200 on Query { viewer { isOperator } }`;

const REFUSED: [what: string, query: string, message: RegExp][] = [
  ["depth", `{ organization { ${nested(6)} } }`, /deeper/],
  ["depth through fragments", `{ organization { ...F } } fragment F on Organization { ${nested(6)} }`, /deeper/],
  ["aliases", `{ viewer { ${repeat(31, (i) => `a${i}: isOperator`)} } }`, /aliases/],
  ["aliases of __typename", `{ viewer { ${repeat(31, (i) => `a${i}: __typename`)} } }`, /aliases/],
  ["root fields", `{ ${repeat(21, () => "viewer { isOperator }")} }`, /root fields/],
  ["root fields through fragments", `{ ...A } ${FRAGMENTS}`, /root fields/],
  ["a bomb of fragments", BOMB, /root fields/],
  ["directives", `{ viewer ${repeat(31, () => "@include(if: true)")} { isOperator } }`, /directives/],
  ["tokens", `{ viewer { ${repeat(3001, () => "isOperator")} } }`, /token/i],
];

test.each(REFUSED)("too many or too deep is refused before anything runs: %s", async (_, query, message) => {
  gateway.calls();
  const { text, errors } = await post(gateway.url, {}, query);
  expect(JSON.parse(text)).not.toHaveProperty("data");
  expect(errors.map((error) => error.message)).toContainEqual(expect.stringMatching(message));
  expect(gateway.calls()).toEqual([]);
});

const OPERATIONS = join(__dirname, "../../schema/operations");

test.each(readdirSync(OPERATIONS))("the example operation %s is within the limits", async (file) => {
  const { errors } = await post(gateway.url, {}, readFileSync(join(OPERATIONS, file), "utf8"));
  for (const { message } of errors) expect(message).not.toMatch(/Split it|Parsing aborted/);
});

test("so are the benchmark's widest query and the introspection query", async () => {
  const authorizations = "authorizations { scopes connectedApp { id name } }";
  const widest = `{ organizations(first: 20) { nodes { name members(first: 50) { nodes { id name ${authorizations} } } } } }`;
  expect((await post(gateway.url, {}, widest)).errors[0]?.extensions.code).toBe("UNAUTHENTICATED");
  expect((await post(gateway.url, {}, getIntrospectionQuery())).errors).toEqual([]);
});

test("a body over the limit is 413, a batch is 400", async () => {
  const send = (body: string) =>
    fetch(`${gateway.url}/graphql`, { method: "POST", headers: { "content-type": "application/json" }, body });
  expect((await send(JSON.stringify({ query: `{ viewer { isOperator } } #${"x".repeat(100_000)}` }))).status).toBe(413);
  expect((await send(JSON.stringify([{ query: "{ __typename }" }]))).status).toBe(400);
});

test("without introspection nothing of the schema is told, not even by a suggestion", async () => {
  const closed = await startTestGateway({ config: { introspection: false } });
  const introspection = await post(closed.url, {}, "{ __schema { types { name } } }");
  expect(introspection.errors[0]?.extensions.code).toBe("GRAPHQL_VALIDATION_FAILED");
  const misspelt = await post(closed.url, {}, "{ viewr { isOperator } }");
  expect(misspelt.text).not.toContain("viewer");
  await closed.stop();
});

test("GraphQL over HTTP: 61 audits without an error or a warning", async () => {
  const results = await auditServer({ url: `${gateway.url}/graphql` });
  expect(results).toHaveLength(61);
  const worse = results.filter(({ status }) => status === "error" || status === "warn");
  expect(worse.map(({ id, name }) => `${id} ${name}`)).toEqual([]);
  // GET is refused: CSRF prevention stays on.
  expect(results.filter(({ status }) => status === "notice")).toHaveLength(3);
});
