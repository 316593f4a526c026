import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { buildSchema, getVariableValues, Kind, parse, specifiedRules, validate } from "graphql";
import { scripts } from "../package.json";
import { ERROR_CODES } from "../src/failure";
import { UserErrorCode } from "../src/graphql/mutations/user-error.type";
import { startTestGateway } from "./support/gateway";

const ROOT = join(__dirname, "..");
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");
const below = (folder: string) => readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" });

const schema = buildSchema(read("schema/schema.graphql"));
const readme = read("README.md");
const steps = read("docs/six-steps.md");
const documents = [
  ...readdirSync(ROOT).filter((name) => name.endsWith(".md")),
  ...below("docs")
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];

/** Names of the environment's schema, in the order of src/config.ts. */
const variables = [...read("src/config.ts").matchAll(/^ {4}([A-Z][A-Z_]+):/gm)].map(([, name = ""]) => name);

/** Texts of the code blocks of one language. */
const blocks = (text: string, language: string) =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, "gms"))].map(([, block = ""]) => block);

/** First cells of the README's table that starts with this heading. */
function firstCells(heading: string): string[] {
  const [, table = ""] = readme.split(`${heading}\n`);
  const [rows = ""] = table.split("\n\n");
  return [...rows.matchAll(/^\| `(\w+)`/gm)].map(([, cell = ""]) => cell);
}

const operationOf = (file: string) => read(`schema/operations/${file}.graphql`);
const files = readdirSync(join(ROOT, "schema/operations"));

const quoted = documents.flatMap((document) => blocks(read(document), "graphql").map((block) => ({ document, block })));
test.each(quoted)("a GraphQL block of $document is valid, and quoted from schema/operations: %#", ({ block }) => {
  expect(validate(schema, parse(block), specifiedRules)).toEqual([]);
  expect(files.some((file) => read(`schema/operations/${file}`).endsWith(block))).toBe(true);
});

/** `gql "$CALLER" file 'variables'`, with `'$NAME'` inside the variables. */
const calls = [...steps.matchAll(/gql "\$\w+" ([\w-]+)(?: '(.*)'(?= \||\)$|$))?/gm)];
test.each(calls.map(([line, file, text]) => ({ line, file, text })))("$line", ({ file = "", text = "{}" }) => {
  const document = parse(operationOf(file));
  const [operation] = document.definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error(`${file} does not begin with an operation.`);
  const values = JSON.parse(
    text
      .replace(/'\$LATER'/g, "2030-01-01T00:00:00.000Z")
      .replace(/'"\$LIST"'/g, '["id"]')
      .replace(/'\$\w+'/g, "id"),
  );
  expect(getVariableValues(schema, operation.variableDefinitions ?? [], values).errors).toBeUndefined();
  const declared = operation.variableDefinitions?.map(({ variable }) => variable.name.value);
  expect(declared ?? []).toEqual(expect.arrayContaining(Object.keys(values)));
});

test("the six steps are there", () => {
  expect(calls.map(([, file]) => file)).toEqual(
    expect.arrayContaining([
      "create-client",
      "start-authorization",
      "submit-consent",
      "my-authorizations",
      "rotate-secret",
      "complete-secret-rotation",
      "revoke-member-app",
    ]),
  );
});

test("the README is read in five minutes: at most 1,000 words beside its tables, which are looked up", () => {
  const prose = readme.split("\n").filter((line) => !line.startsWith("|"));
  expect(prose.join(" ").split(/\s+/).length).toBeLessThanOrEqual(1000);
  expect(readme.split("\n").length).toBeLessThanOrEqual(300);
});

test("the README's figures are what a run prints", async () => {
  const gateway = await startTestGateway();
  try {
    const service = await gateway.asService();
    const printed: string[] = [];
    for (const [file, input] of [
      ["organization-members", { id: "harbor-accounting", first: 60 }],
      ["marketplace", {}],
    ] as const) {
      const { extensions } = await service.rawRequest(operationOf(file), input);
      const { requested, upstreamCalls, coalesced, objects } = Object(extensions).cost;
      printed.push(
        `{ requested: ${requested}, upstreamCalls: ${upstreamCalls}, coalesced: ${coalesced}, objects: ${objects} }`,
      );
    }
    expect(readme).toContain(`\`\`\`\n${printed.join("\n")}\n\`\`\`\n`);
  } finally {
    await gateway.stop();
  }
});

test("every variable, and no other, is in the configuration table and in .env.example", () => {
  expect(variables).toContain("PORT");
  expect(firstCells("| Variable | Default | |").sort()).toEqual(variables.toSorted());
  const example = [...read(".env.example").matchAll(/^# ([A-Z_]+)=/gm)].map(([, name]) => name);
  expect(example.sort()).toEqual(variables.toSorted());
});

test("every error code, and no other, has a row", () => {
  expect(firstCells("| `extensions.code` | Means | Do |").sort()).toEqual(ERROR_CODES.toSorted());
  expect(firstCells("| `userErrors.code` | Means | Do |").sort()).toEqual(Object.values(UserErrorCode).sort());
});

test("every mutation has a row that says who may call it", () => {
  const [, table = ""] = readme.split("| Action | Member |");
  const [rows = ""] = table.split("\n\n");
  const mutations = Object.keys(schema.getMutationType()?.getFields() ?? {});
  expect(mutations.filter((name) => !rows.includes(`\`${name}\``))).toEqual([]);
});

test("whatever has an id is among the possibleTypes that frontends are told", () => {
  const [, list = ""] = /Node: \[(.*)\]/.exec(read("docs/frontends.md")) ?? [];
  const node = schema.getType("Node");
  const types = Object.values(schema.getTypeMap()).filter((type) => "getInterfaces" in type);
  const named = types.filter((type) => type.getInterfaces().some((parent) => parent === node)).map(({ name }) => name);
  expect(named.length).toBeGreaterThan(4);
  expect(named.filter((name) => !list.includes(`"${name}"`))).toEqual([]);
});

test("alerts, dashboard and docs/operations.md ask for metrics that exist", () => {
  const defined = read("src/metrics.ts") + read("src/ledger/figures.ts");
  const asking = ["docs/alerts.yaml", "docs/grafana-dashboard.json", "docs/operations.md"];
  const asked = asking
    .map(read)
    .join("\n")
    .matchAll(/gateway_[a-z_]+/g);
  const names = new Set([...asked].map(([name]) => name.replace(/_bucket$/, "")));
  expect(names.size).toBeGreaterThan(5);
  expect([...names].filter((name) => !defined.includes(`"${name}"`))).toEqual([]);
});

test.each(documents)("%s names files and scripts that exist", (document) => {
  const text = read(document);
  const paths = [
    ...text.matchAll(/`((?:src|test|schema|docs|packages|\.ci|\.github)\/[\w./-]*|[\w.-]+\.(?:md|cjs|json|ts))`/g),
  ];
  const names = [...text.matchAll(/npm run ([\w-]+)/g)];
  expect(paths.map(([, path = ""]) => path).filter((path) => !isThere(path))).toEqual([]);
  expect(names.map(([, name = ""]) => name).filter((name) => !(name in scripts))).toEqual([]);
});

/** A bare file name such as `member.type.ts` may be anywhere below src. */
const isThere = (path: string) =>
  existsSync(join(ROOT, path)) || below("src").some((file) => file.endsWith(`/${path}`));

/** As GitHub makes them. */
const anchorsOf = (document: string) =>
  [...read(document).matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\w -]/g, "")
      .replaceAll(" ", "-"),
  );

const OTHERS = ["packages/stytch-emulator", "examples/ledger-export", "examples/marketplace-web"];
const linked = [...documents, ...OTHERS.map((folder) => `${folder}/README.md`)];

test.each(linked)("the links of %s lead somewhere", (document) => {
  const links = [...read(document).matchAll(/\]\((?!https?:)([^)#]*)(?:#([\w-]+))?\)/g)];
  const broken = links.filter(([, path = "", anchor]) => {
    const target = path === "" ? document : join(dirname(document), path);
    return !existsSync(join(ROOT, target)) || (anchor !== undefined && !anchorsOf(target).includes(anchor));
  });
  expect(broken.map(([link]) => link)).toEqual([]);
});
