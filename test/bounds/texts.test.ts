import fc from "fast-check";
import { getIntrospectionQuery } from "graphql";
import { startTestGateway, type TestGateway } from "../support/gateway";
import { bodyOf, HOSTILE, type Hostile } from "./hostile-texts";

/**
 * Milliseconds of CPU that one request may cost this process, which is gateway, emulator, test and their compiler at once.
 * The gateway alone needs a fortieth of it (`npx tsx test/bench/hostile.ts`); without the bounds it needs 6 s or never ends.
 */
const CPU_MS = 2000;

let open: TestGateway;
let production: TestGateway;
let signedIn: Record<string, string>;
beforeAll(async () => {
  open = await startTestGateway({ rateLimits: { address: 1e9, viewer: 1e9, organization: 1e9 } });
  production = await startTestGateway({ config: { introspection: false }, rateLimits: { address: 1e9 } });
  const { session_jwt } = await open.emulator.mintSession({ memberId: open.emulator.seeded.people.memberId });
  signedIn = { authorization: `Bearer ${session_jwt}` };
  // The first request of each pays for what later ones find ready.
  await measured(open, {}, { query: "{ viewer { isOperator } }" });
  await measured(open, signedIn, { query: "{ viewer { isOperator } }" });
  await measured(production, {}, { query: "{ viewer { isOperator } }" });
});
afterAll(() => Promise.all([open.stop(), production.stop()]));

async function measured(gateway: TestGateway, headers: Record<string, string>, hostile: Hostile) {
  const before = process.cpuUsage();
  const response = await fetch(`${gateway.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: bodyOf(hostile),
  });
  const text = await response.text();
  const { user, system } = process.cpuUsage(before);
  return { cpuMs: (user + system) / 1000, text, status: response.status };
}

describe.each(Object.entries(HOSTILE))("%s", (_, hostile) => {
  test.each([
    ["nobody, in production", () => production, () => ({})],
    ["nobody", () => open, () => ({})],
    ["a Member", () => open, () => signedIn],
  ])("costs little when %s sends it, three times", async (_who, gateway, headers) => {
    for (let time = 0; time < 3; time++) {
      const { cpuMs, text } = await measured(gateway(), headers(), hostile);
      expect(cpuMs).toBeLessThan(CPU_MS);
      expect(JSON.parse(text).errors?.length ?? 0).toBeLessThanOrEqual(10);
      expect(text.length).toBeLessThan(200_000);
    }
  });
});

test.each([
  [100, /^Variable "\$input" got invalid value/],
  [101, /^An object among the variables has more than 100 fields/],
])("an input of %s fields, each of them wrong, is refused in few words", async (count, message) => {
  const { query = "" } = HOSTILE["an input of 9,000 unknown fields"] ?? {};
  const input = Object.fromEntries(Array.from({ length: count }, (_, i) => [`f${i}`, 1]));
  const { text } = await measured(open, signedIn, { query, variables: { input } });
  const { errors } = JSON.parse(text);
  expect(errors[0]).toMatchObject({ message: expect.stringMatching(message), extensions: { code: "BAD_USER_INPUT" } });
});

test("a text that was refused says the same when it comes again", async () => {
  const answers = await Promise.all([1, 2].map(() => measured(open, {}, { query: "{ viewr { id } }" })));
  const messages = answers.map(({ text }) => JSON.parse(text).errors[0]);
  expect(messages[0]).toEqual({ ...messages[1], extensions: expect.anything() });
  expect(messages[0].locations).toEqual([{ line: 1, column: 3 }]);
});

test("without a credential there is little to ask for", async () => {
  const query = `{ viewer { ${"scopes ".repeat(60)} } }`;
  const refused = await measured(open, {}, { query });
  expect(refused.status).toBe(401);
  expect(JSON.parse(refused.text).errors[0].extensions.code).toBe("UNAUTHENTICATED");
  expect(JSON.parse((await measured(open, signedIn, { query })).text).errors).toBeUndefined();
  // And still when the text is known to be good.
  expect((await measured(open, {}, { query })).status).toBe(401);
});

test("what Apollo Sandbox asks for is let in", async () => {
  const options = {
    descriptions: true,
    specifiedByUrl: true,
    directiveIsRepeatable: true,
    schemaDescription: true,
    inputValueDeprecation: true,
    oneOf: true,
  };
  const { text } = await measured(open, {}, { query: getIntrospectionQuery(options) });
  expect(JSON.parse(text)).toMatchObject({ data: { __schema: { types: expect.any(Array) } } });
});

test.each(["subscription { anything }", "subscription ($a: Int) { a: viewer { b } }"])(
  "%s is a wrong text like any other: no stack in the log, no metric of its own",
  async (query) => {
    production.logs.length = 0;
    const { text } = await measured(production, {}, { query });
    expect(JSON.parse(text).errors[0].extensions.code).toBe("GRAPHQL_VALIDATION_FAILED");
    expect(production.logs.filter(({ stack }) => stack)).toEqual([]);
    const metrics = await (await fetch(`${production.url}/metrics`)).text();
    expect(metrics).not.toContain("anything");
    expect(metrics).toContain('operation="invalid"');
  },
);

/** Any text of the grammar, over words of the schema and others, with fragments that spread later ones. */
const field = fc.constantFrom(
  "viewer",
  "member",
  "organization",
  "members",
  "nodes",
  "id",
  "name",
  "authorizations",
  "x",
);
const anySelection: fc.Arbitrary<string> = fc.letrec<{ set: string; selection: string }>((tie) => ({
  set: fc.array(tie("selection"), { minLength: 1, maxLength: 6 }).map((all) => `{ ${all.join(" ")} }`),
  selection: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    field,
    fc
      .tuple(fc.integer({ min: 0, max: 19 }), fc.constantFrom("", " @include(if: true)"))
      .map(([i, d]) => `...F${i}${d}`),
    fc.tuple(fc.constantFrom("", "a: ", "b: "), field, tie("set")).map((parts) => parts.join(" ")),
    fc.tuple(fc.constantFrom("... on Member", "... on Node", "..."), tie("set")).map((parts) => parts.join(" ")),
  ),
})).set;

const anyText = fc
  .tuple(anySelection, fc.array(anySelection, { maxLength: 20 }), fc.constantFrom("Query", "Member", "Viewer"))
  .map(([operation, fragments, type]) =>
    // Only later fragments are spread, so that most texts reach the rules that come after the one about cycles.
    [
      operation,
      ...fragments.map((set, index) => {
        const later = set.replace(/\.\.\.F(\d+)/g, (spread, to) => (Number(to) > index ? spread : "__typename"));
        return `fragment F${index} on ${type} ${later}`;
      }),
    ].join("\n"),
  );

test("no text at all costs much", async () => {
  await fc.assert(
    fc.asyncProperty(anyText, async (query) => {
      expect((await measured(open, signedIn, { query })).cpuMs).toBeLessThan(CPU_MS);
    }),
    { numRuns: 300 },
  );
});
