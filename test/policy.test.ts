import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { printSchemaWithDirectives } from "@graphql-tools/utils";
import {
  buildSchema,
  findBreakingChanges,
  findDangerousChanges,
  GraphQLError,
  type GraphQLNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  Kind,
  parse,
  type ValidationRule,
  validate,
} from "graphql";
import { getMetadataStorage } from "type-graphql";
import { ERROR_CODES } from "../src/failure";
import { UserErrorCode } from "../src/graphql/mutations/user-error.type";
import { createSchema } from "../src/graphql/schema";

const ROOT = join(__dirname, "..");
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");
const schema = createSchema();

test("every mutation is guarded", () => {
  const mutations = Object.keys(schema.getMutationType()?.getFields() ?? {});
  const guarded = getMetadataStorage()
    .authorizedFields.filter(({ roles }) => roles.length > 0)
    .map(({ fieldName }) => fieldName);
  expect(mutations.length).toBeGreaterThan(7);
  expect(mutations.filter((name) => !guarded.includes(name))).toEqual([]);
});

test("what writes to Stytch and what reads it stand apart, so that Caller.perform alone can write", () => {
  const kinds = (path: string) => new Set([...read(path).matchAll(/calls\.run\("([a-z ]+)"/g)].map(([, kind]) => kind));
  expect(kinds("src/stytch/writes.ts")).toEqual(new Set(["write"]));
  expect(kinds("src/stytch/reads.ts")).toEqual(new Set(["read", "fresh read"]));
});

test("the Dockerfile copies every workspace's manifest before npm ci, and the rest of it after", () => {
  const [before = "", after = ""] = read("Dockerfile").split("RUN npm ci");
  const folders = [...readdirSync(join(ROOT, "packages")).map((name) => `packages/${name}`), "examples/ledger-export"];
  for (const folder of folders) expect(before).toContain(`COPY ${folder}/package.json ${folder}/\n`);
  for (const folder of ["packages", "examples/ledger-export", "src"])
    expect(after).toContain(`COPY ${folder} ${folder}\n`);
});

test("schema/schema.graphql is what the code says: npm run schema", () => {
  expect(read("schema/schema.graphql")).toContain(printSchemaWithDirectives(schema).trimEnd());
});

test("nothing of the contract is missing or renamed", () => {
  const contract = buildSchema(read("test/support/contract.graphql"));
  expect(findBreakingChanges(contract, schema)).toEqual([]);
  const defaults = findDangerousChanges(contract, schema).filter(({ type }) => type === "ARG_DEFAULT_VALUE_CHANGE");
  expect(defaults).toEqual([]);
});

/** Everything of one type that should say what it is, with what it says. */
function* described(type: GraphQLNamedType): Generator<[name: string, description: string | null | undefined]> {
  yield [type.name, type.description];
  if (isEnumType(type)) for (const value of type.getValues()) yield [`${type.name}.${value.name}`, value.description];
  if (isInputObjectType(type)) {
    for (const field of Object.values(type.getFields())) yield [`${type.name}.${field.name}`, field.description];
  }
  if (!isObjectType(type) && !isInterfaceType(type)) return;
  for (const field of Object.values(type.getFields())) {
    yield [`${type.name}.${field.name}`, field.description];
    for (const argument of field.args) yield [`${type.name}.${field.name}(${argument.name})`, argument.description];
  }
}

function* directives(): ReturnType<typeof described> {
  for (const { name, description, args } of schema.getDirectives()) {
    yield [`@${name}`, description];
    for (const argument of args) yield [`@${name}(${argument.name})`, argument.description];
  }
}

test("every type, field, argument, enum value and directive has a description", () => {
  const types = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith("__"));
  const silent = [...types.flatMap((type) => [...described(type)]), ...directives()]
    .filter(([, description]) => !description?.trim())
    .map(([name]) => name);
  expect(silent).toEqual([]);
});

test.each([...ERROR_CODES, ...Object.values(UserErrorCode)])("README.md explains %s", (code) => {
  expect(read("README.md")).toContain(`\`${code}\``);
});

/** What a normalized cache needs to know which object it is looking at, and which one is gone. */
const NEEDED_BY_CACHES = ["id", "revokedAuthorizationId", "deletedClientId"];

const selectsIds: ValidationRule = (context) => ({
  SelectionSet(node, _key, parent) {
    const type = context.getParentType();
    // What an inline fragment stands in is asked itself, and so is a fragment that is spread.
    const isPart = parent && "kind" in parent && parent.kind === Kind.INLINE_FRAGMENT;
    if (isPart || !(isObjectType(type) || isInterfaceType(type))) return;
    if (node.selections.some(({ kind }) => kind === Kind.FRAGMENT_SPREAD)) return;
    const selected = node.selections.flatMap((field) =>
      field.kind === Kind.FIELD && !field.alias ? [field.name.value] : [],
    );
    for (const name of NEEDED_BY_CACHES) {
      if (name in type.getFields() && !selected.includes(name)) {
        context.reportError(new GraphQLError(`${type.name} is selected without ${name}`, { nodes: node }));
      }
    }
  },
});

test.each(["schema/operations", "examples/marketplace-web/src/operations"])("operations of %s select ids", (folder) => {
  const missing = readdirSync(join(ROOT, folder)).flatMap((file) =>
    validate(schema, parse(read(`${folder}/${file}`)), [selectsIds]).map(({ message }) => `${file}: ${message}`),
  );
  expect(missing).toEqual([]);
});
