/** Texts within the accepted size (3000 tokens, 100 kB) that are made to cost more than they look. */
export interface Hostile {
  query: string;
  variables?: Record<string, unknown>;
}

const repeat = (times: number, text: (index: number) => string) =>
  Array.from({ length: times }, (_, index) => text(index)).join(" ");

/** Fragments that spread every later one: 2^n paths. */
const fan = (count: number, type: string, leaf: string) =>
  repeat(count, (i) => {
    const inner = i === count - 1 ? leaf : repeat(count - 1 - i, (j) => `...F${i + 1 + j}`);
    return `fragment F${i} on ${type} { ${inner} }`;
  });
/** Fragments that spread the next one `width` times: width^n paths. */
const ladder = (count: number, width: number, type: string, leaf: string) =>
  `${repeat(count, (i) => `fragment F${i} on ${type} { ${repeat(width, () => `...F${i + 1}`)} }`)} fragment F${count} on ${type} { ${leaf} }`;

const levels = (width: number, first: string, ...rest: string[]) =>
  [first, ...rest].reduceRight((inner, field) => repeat(width, () => (inner ? `${field} { ${inner} }` : field)), "");

const NEWLINES = "\n".repeat(45_000);

export const HOSTILE: Record<string, Hostile> = {
  "a fan of 24 fragments": { query: `{ viewer { member { ...F0 } } } ${fan(24, "Member", "name")}` },
  "a fan of 40 fragments": { query: `{ viewer { member { ...F0 } } } ${fan(40, "Member", "name")}` },
  "a ladder of 90 fragments": { query: `{ viewer { ...F0 } } ${ladder(90, 4, "Viewer", "isOperator")}` },
  "a ladder that nobody climbs": { query: `{ __typename } ${ladder(90, 4, "Viewer", "isOperator")}` },
  "a ladder with directives": {
    query: `query ($yes: Boolean!) { viewer { ...F0 @include(if: $yes) } } ${ladder(20, 3, "Viewer", "isOperator")}`,
    variables: { yes: false },
  },
  "a ladder of interfaces": {
    query: `{ node(id: "x") { ...F0 } } ${ladder(20, 2, "Node", "... on Member { id } ... on Organization { id }")}`,
  },
  "a ladder of nested fields": {
    query: `{ viewer { ...F0 } } ${repeat(14, (i) => `fragment F${i} on Viewer { member { organization { members { nodes { id } } } } ...F${i + 1} ...F${i + 1} }`)} fragment F14 on Viewer { isOperator }`,
  },
  "a ladder in a mutation": {
    query: `mutation { ...F0 } ${ladder(30, 3, "Mutation", 'deleteClient(input: { clientId: "x" }) { deletedClientId }')}`,
  },
  "a fragment inside itself": {
    query: "{ viewer { ...A } } fragment A on Viewer { ...B ...B } fragment B on Viewer { ...A ...A }",
  },
  "a fan of aliases": {
    query: `{ viewer { ...F0 } } ${repeat(13, (i) => `fragment F${i} on Viewer { a${i}: member { organization { id } } b${i}: member { id } ...F${i + 1} }`)} fragment F13 on Viewer { isOperator }`,
  },
  "30 duplicates on 4 levels": {
    query: `{ ...A } fragment A on Query { ${repeat(30, () => "viewer { ...B }")} } fragment B on Viewer { ${repeat(30, () => "member { ...C }")} } fragment C on Member { ${repeat(30, () => "organization { ...D }")} } fragment D on Organization { ${repeat(30, () => "members { totalCount }")} }`,
  },
  "30 duplicates on 5 levels under one root field": {
    query: `{ viewer { ...B } } fragment B on Viewer { ${repeat(30, () => "member { ...C }")} } fragment C on Member { ${repeat(30, () => "organization { ...D }")} } fragment D on Organization { ${repeat(30, () => "members { ...E }")} } fragment E on MemberConnection { ${repeat(30, () => "nodes { id }")} }`,
  },
  "6 duplicates on 4 levels, written out": {
    query: `{ ${levels(6, "viewer", "member", "organization", "id")} }`,
  },
  "duplicates of one field": { query: `{ viewer { ${repeat(1400, () => "isOperator")} } }` },
  "as many duplicates as are let in": { query: `{ viewer { ${repeat(195, () => "isOperator")} } }` },
  "duplicates with arguments": {
    query: `{ organization { ${repeat(98, () => "members(first: 5) { __typename }")} } }`,
  },
  "duplicates of inline fragments": {
    query: `{ viewer { ${repeat(97, () => "... on Viewer { isOperator }")} } }`,
  },
  "fragments beside each other": {
    query: `{ viewer { ${repeat(60, (i) => `...F${i}`)} } } ${repeat(60, (i) => `fragment F${i} on Viewer { isOperator scopes }`)}`,
  },
  "many operations": {
    query: `${repeat(90, (i) => `query A${i} { viewer { ...F } }`)} fragment F on Viewer { ${repeat(190, () => "isOperator")} }`,
  },
  "many variables": { query: `query (${repeat(700, (i) => `$v${i}: Int`)}) { __typename }` },
  "unknown fields": { query: `{ viewer { ${repeat(195, (i) => `isOperatr${i}`)} } }` },
  "unknown fields after 45,000 lines": { query: `${NEWLINES}{ viewer { ${repeat(195, (i) => `isOperatr${i}`)} } }` },
  "a conflict of 195 fields after 45,000 lines": {
    query: `${NEWLINES}{ viewer { ${repeat(97, () => "member { id }")} member: organization { id } } }`,
  },
  "a name of 95 kB": { query: `{ ${"a".repeat(95_000)} }` },
  "names of 300 characters": { query: `{ viewer { ${repeat(190, (i) => `isOperator${"a".repeat(300)}${i}`)} } }` },
  "a comment of 95 kB": { query: `#${"x".repeat(95_000)}\n{ __typename }` },
  "a string of 95 kB": { query: `{ node(id: "${"x".repeat(95_000)}") { id } }` },
  "nested lists": { query: `{ nodes(ids: ${"[".repeat(1480)}${"]".repeat(1480)}) { id } }` },
  "nested selections": { query: `${"{viewer".repeat(990)}${"}".repeat(990)}` },
  "a list of 1,900 values": { query: `{ nodes(ids: [${repeat(1900, () => "1")}]) { id } }` },
  "wrong values": { query: `{ nodes(ids: [${repeat(1900, () => "1.5")}]) { id } }` },
  "unknown input fields": {
    query: `mutation { createClient(input: { ${repeat(900, (i) => `nam${i}: 1`)} }) { __typename } }`,
  },
  "unknown directives": { query: `{ viewer { isOperator ${repeat(900, (i) => `@includ${i}`)} } }` },
  "a variable of 90 kB": {
    query: "query ($id: ID!) { node(id: $id) { id } }",
    variables: { id: "x".repeat(90_000) },
  },
  "15,000 ids that are none": {
    query: "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }",
    variables: { ids: Array.from({ length: 15_000 }, () => true) },
  },
  "an input of 9,000 unknown fields": {
    query: "mutation ($input: CreateClientInput!) { createClient(input: $input) { __typename } }",
    variables: { input: Object.fromEntries(Array.from({ length: 9000 }, (_, i) => [`f${i}`, 1])) },
  },
  "a variable nested 40,000 deep": {
    query: "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }",
    // Written as text by whoever sends it: nothing that builds it as an object could.
    variables: { ids: "NESTED" },
  },
  "introspection of everything 20 times": {
    query: `{ ${repeat(20, (i) => `a${i}: __schema { types { fields { type { fields { name } } } } }`)} }`,
  },
  "introspection that nests": {
    query:
      "{ __schema { types { fields { args { type { inputFields { type { ofType { inputFields { name } } } } } } type { fields { type { ofType { name } } } } } } } }",
  },
  "a ladder of introspection": {
    query: `{ __schema { types { ...F0 } } } ${ladder(30, 3, "__Type", "name")}`,
  },
  "a subscription": { query: `subscription { ${repeat(200, (i) => `a${i}: anything`)} }` },
};

/** The body that is sent. */
export const bodyOf = ({ query, variables = {} }: Hostile): string =>
  JSON.stringify({ query, variables }).replace('"NESTED"', `${"[".repeat(40_000)}1${"]".repeat(40_000)}`);
