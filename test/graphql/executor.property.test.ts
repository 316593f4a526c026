import fc from "fast-check";
import { memberIdOf } from "stytch-emulator";
import { loadConfig } from "../../src/config";
import { type Gateway, startGateway } from "../../src/gateway";
import { createLogger } from "../../src/logger";
import { startTestGateway, type TestGateway } from "../support/gateway";
import { type Answer, post } from "../support/post";
import { randomQuery, type Vocabulary } from "../support/random-query";

const SLUG = "northwind";

let tests: TestGateway;
let gateways: Gateway[];
let words: Vocabulary;
beforeAll(async () => {
  tests = await startTestGateway();
  const { url, projectId, secret, operatorOrganizationId, state } = tests.emulator;
  const config = {
    ...loadConfig({ PORT: "0", NODE_ENV: "test" }),
    stytch: { projectId, secret, baseUrl: `${url}/` },
    operatorOrganizationId,
  };
  const logger = createLogger("silent");
  gateways = await Promise.all(
    [0, Number.POSITIVE_INFINITY].map((compileAfter) => startGateway(config, { logger, compileAfter })),
  );
  const organizationId = state.organizations.findBySlug(SLUG)?.organization_id ?? "";
  words = {
    organizations: [organizationId, SLUG],
    members: Array.from({ length: 6 }, (_, index) => memberIdOf(SLUG, index)),
    apps: [...state.clients.values()].map(({ client_id }) => client_id),
    authorizations: [],
  };
});
afterAll(async () => {
  await Promise.all(gateways.map((gateway) => gateway.stop()));
  await tests.stop();
});

/** Of several failing fields under one parent, which error is reported depends on which fails first. */
const visible = ({ status, data, errors }: Answer) => ({ status, data, failed: errors.length > 0 });

test.each([
  ["plain Member", memberIdOf(SLUG, 5)],
  ["admin", memberIdOf(SLUG, 0)],
  ["operator", memberIdOf("meridian", 0)],
])("compiled or interpreted, a %s gets the same answer", async (_, memberId) => {
  const { session_jwt } = await tests.emulator.mintSession({ memberId });
  await fc.assert(
    fc.asyncProperty(randomQuery(words), async (query) => {
      const [compiled, interpreted] = await Promise.all(
        gateways.map(({ url }) => post(url, { authorization: `Bearer ${session_jwt}` }, query)),
      );
      if (!compiled || !interpreted) throw new Error("Two gateways are needed.");
      expect(visible(compiled)).toEqual(visible(interpreted));
    }),
    { numRuns: 60 },
  );
});

const PAGE = "organization { members(first: $n) { nodes { id } } }";

test.each([
  ["a non-null default", `query ($n: Int! = 2) { ${PAGE} }`, {}],
  ["a non-null default that is given", `query ($n: Int! = 2) { ${PAGE} }`, { n: 3 }],
  ["a nullable default", `query ($n: Int = 2) { ${PAGE} }`, {}],
  [
    "a non-null default of a directive",
    "query ($w: Boolean! = false) { viewer { isOperator @include(if: $w) scopes } }",
    {},
  ],
  [
    "a non-null default list",
    "query ($s: [MemberStatus!]! = [ACTIVE]) { organization { members(first: 3, filter: { statuses: $s }) { nodes { id } } } }",
    {},
  ],
  [
    "a default date",
    'query ($d: DateTime = "2020-01-01T00:00:00Z") { organization { auditLog(filter: { since: $d }) { nodes { id } } } }',
    {},
  ],
  ...["toString", "constructor", "__proto__", "hasOwnProperty"].flatMap((name): [string, string, object][] => [
    [`$${name} left out`, `query ($${name}: Int) { organization { members(first: $${name}) { nodes { id } } } }`, {}],
    [
      `$${name} left out of a directive`,
      `query ($${name}: Boolean = false) { viewer @skip(if: $${name}) { isOperator } }`,
      {},
    ],
    [
      `the alias ${name}`,
      `{ viewer { ${name}: member { ${name}: id ...F } } } fragment F on Member { ${name}: id }`,
      {},
    ],
  ]),
])("a query that works the first time works ever after: %s", async (_, query, variables) => {
  const { session_jwt } = await tests.emulator.mintSession({ memberId: memberIdOf(SLUG, 0) });
  for (let use = 0; use < 2; use++) {
    const [compiled, interpreted] = await Promise.all(
      gateways.map(({ url }) => post(url, { authorization: `Bearer ${session_jwt}` }, query, { ...variables })),
    );
    expect(interpreted?.errors).toEqual([]);
    expect(compiled?.errors).toEqual([]);
    expect(compiled?.text.replace(/,"extensions".*/, "")).toBe(interpreted?.text.replace(/,"extensions".*/, ""));
  }
});
