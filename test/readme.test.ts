import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { buildSchema, getVariableValues, Kind, parse, specifiedRules, validate } from "graphql";
import { scripts } from "../package.json";
import { ERROR_CODES } from "../src/failure";
import { UserErrorCode } from "../src/graphql/mutations/user-error.type";

const ROOT = join(__dirname, "..");
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");

const schema = buildSchema(read("schema/schema.graphql"));
const readme = read("README.md");
const documents = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"];

/** Names of the environment's schema, in the order of src/config.ts. */
const variables = [...read("src/config.ts").matchAll(/^ {4}([A-Z][A-Z_]+):/gm)].map(([, name = ""]) => name);

/** Texts of the code blocks of one language. */
const blocks = (text: string, language: string) =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, "gms"))].map(([, block = ""]) => block);

/** First cells of the table that starts with this heading. */
function firstCells(heading: string): string[] {
  const [, table = ""] = readme.split(`${heading}\n`);
  const [rows = ""] = table.split("\n\n");
  return [...rows.matchAll(/^\| `(\w+)`/gm)].map(([, cell = ""]) => cell);
}

const operationOf = (file: string) => read(`schema/operations/${file}.graphql`);
const files = readdirSync(join(ROOT, "schema/operations"));

test.each(blocks(readme, "graphql"))("a GraphQL block is valid, and quoted from schema/operations: %#", (block) => {
  expect(validate(schema, parse(block), specifiedRules)).toEqual([]);
  expect(files.some((file) => read(`schema/operations/${file}`).endsWith(block))).toBe(true);
});

/** `gql "$TOKEN" file 'variables'`, with `'$NAME'` inside the variables. */
const calls = [...readme.matchAll(/gql "\$\w+" ([\w-]+)(?: '(.*)'(?= \||\)$|$))?/gm)];
test.each(calls.map(([line, file, text]) => ({ line, file, text })))("$line", ({ file = "", text = "{}" }) => {
  const document = parse(operationOf(file));
  const [operation] = document.definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error(`${file} does not begin with an operation.`);
  const values = JSON.parse(text.replace(/'\$\w+'/g, "id"));
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

test.each(documents)("%s names files and scripts that exist", (document) => {
  const text = read(document);
  const paths = [...text.matchAll(/`((?:src|test|schema|\.ci)\/[\w./-]*|[\w.-]+\.(?:md|cjs|json|ts))`/g)];
  const names = [...text.matchAll(/npm run ([\w-]+)/g)];
  expect(paths.map(([, path = ""]) => path).filter((path) => !isThere(path))).toEqual([]);
  expect(names.map(([, name = ""]) => name).filter((name) => !(name in scripts))).toEqual([]);
});

/** A bare file name such as `member.type.ts` may be anywhere below src. */
const isThere = (path: string) =>
  existsSync(join(ROOT, path)) ||
  readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" }).some((file) => file.endsWith(`/${path}`));

test("links inside the README lead somewhere", () => {
  const slugs = [...readme.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\w -]/g, "")
      .replaceAll(" ", "-"),
  );
  const anchors = [...readme.matchAll(/\]\(#([\w-]+)\)/g)].map(([, anchor = ""]) => anchor);
  expect(anchors.filter((anchor) => !slugs.includes(anchor))).toEqual([]);
});
