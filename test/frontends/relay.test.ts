import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { buildSchema, parse, print, validate } from "graphql";
import {
  type ConcreteRequest,
  commitMutation,
  createOperationDescriptor,
  type Environment,
  fetchQuery,
  getPaginationMetadata,
  getPaginationVariables,
  getSingularSelector,
  type MutationParameters,
  type OperationDescriptor,
} from "relay-runtime";
import deleteApp, { type appsDeleteMutation } from "../generated/relay/appsDeleteMutation.graphql";
import appsQuery, { type appsQuery as AppsQuery } from "../generated/relay/appsQuery.graphql";
import membersPage, { type membersPage_organization$data } from "../generated/relay/membersPage_organization.graphql";
import membersQuery from "../generated/relay/membersQuery.graphql";
import revoke, { type membersRevokeMutation } from "../generated/relay/membersRevokeMutation.graphql";
import { type CallerKind, callersOf } from "../support/callers";
import { startTestGateway, type TestGateway } from "../support/gateway";
import { createEnvironment } from "./relay/environment";

let gateway: TestGateway;
let as: (caller: CallerKind) => Environment;
beforeAll(async () => {
  gateway = await startTestGateway();
  const headers = await callersOf(gateway);
  as = (caller) => createEnvironment(`${gateway.url}/graphql`, headers[caller]);
});
afterAll(() => gateway.stop());

/** Keeps the answer in the store, as a mounted component does. */
async function show(environment: Environment, request: ConcreteRequest, variables: Record<string, unknown>) {
  const operation = createOperationDescriptor(request, variables);
  environment.retain(operation);
  await fetchQuery(environment, request, variables).toPromise();
  return operation;
}

const commit = <T extends MutationParameters>(
  environment: Environment,
  mutation: ConcreteRequest,
  variables: T["variables"],
) =>
  new Promise<T["response"]>((resolve, reject) => {
    commitMutation<T>(environment, {
      mutation,
      variables,
      onError: reject,
      onCompleted: (response, errors) => (errors ? reject(new Error(JSON.stringify(errors))) : resolve(response)),
    });
  });

test("query, page, mutate, and the store right afterwards", async () => {
  const environment = as("organization admin");
  const operation = await show(environment, membersQuery, { count: 4 });
  const pageOf = (shown: OperationDescriptor) => {
    const { organization } = Object(environment.lookup(shown.fragment).data);
    const selector = getSingularSelector(membersPage, organization);
    if (!selector) throw new Error("The Organization was not answered.");
    return { organization, selector, data: environment.lookup(selector).data as membersPage_organization$data };
  };
  const members = () => pageOf(operation).data.members?.edges.map(({ node }) => node) ?? [];
  expect(members()).toHaveLength(4);
  const first = members();

  await loadNext();
  expect(new Set(members().map(({ id }) => id)).size).toBe(8);
  expect(members().slice(0, 4)).toEqual(first);

  const member = first.find(({ authorizations }) => authorizations?.length);
  const [gone, ...left] = member?.authorizations ?? [];
  if (!member || !gone) throw new Error("Nobody has authorized anything.");
  const input = { memberId: member.id, connectedAppId: gone.connectedApp.id };
  const answer = await commit<membersRevokeMutation>(environment, revoke, { input });
  expect(answer.revokeMemberApp).toMatchObject({ revokedAuthorizationId: gone.id, userErrors: [] });
  expect(members().find(({ id }) => id === member.id)?.authorizations).toEqual(left);
  expect(environment.getStore().getSource().get(gone.id)).toBeNull();
  expect(members()).toHaveLength(8);

  // What the store says is what the gateway says.
  const fresh = as("organization admin");
  const shown = await show(fresh, membersQuery, { count: 8 });
  expect(fresh.lookup(shown.fragment).isMissingData).toBe(false);
  expect(fresh.getStore().getSource().get(gone.id)).toBeUndefined();
  expect(
    fresh
      .getStore()
      .getSource()
      .get(left[0]?.id ?? member.id),
  ).toBeTruthy();

  /** What usePaginationFragment's `loadNext` does. */
  async function loadNext() {
    const { data, selector } = pageOf(operation);
    const { paginationRequest, paginationMetadata, identifierField } = getPaginationMetadata(membersPage, "test");
    expect(identifierField).toBe("id");
    const { endCursor } = Object(data.members).pageInfo;
    const variables = getPaginationVariables(
      "forward",
      4,
      endCursor,
      selector.owner.variables,
      { id: data.id },
      paginationMetadata,
    );
    await show(environment, paginationRequest, { ...variables, id: data.id });
  }
});

test("an app that is deleted leaves the connections that its mutation names", async () => {
  const environment = as("service with every scope");
  const operation = await show(environment, appsQuery, { count: 5 });
  const apps = () => (environment.lookup(operation.fragment).data as AppsQuery["response"]).connectedApps;
  const [gone, ...left] = apps()?.edges.map(({ node }) => node) ?? [];
  if (!gone) throw new Error("There is no app.");
  const variables = { input: { clientId: gone.id }, connections: [apps()?.__id ?? ""] };
  const answer = await commit<appsDeleteMutation>(environment, deleteApp, variables);
  expect(answer.deleteClient).toMatchObject({ deletedClientId: gone.id, userErrors: [] });
  expect(apps()?.edges.map(({ node }) => node)).toEqual(left);
});

const ROOT = join(__dirname, "../..");
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");
const artifacts = readdirSync(join(ROOT, "test/generated/relay")).map((file) => read(`test/generated/relay/${file}`));
const templatesOf = (source: string) =>
  [...source.matchAll(/= graphql`([^`]*)`/g)].map(([, text = ""]) => print(parse(text)));
const documents = ["members", "apps"].flatMap((file) => templatesOf(read(`test/frontends/relay/${file}.ts`)));

test("what was compiled is what stands in test/frontends/relay, and the schema has it: npm run relay", () => {
  const schema = buildSchema(read("schema/schema.graphql"));
  const texts = artifacts.flatMap((artifact) => /"text": (".*")/.exec(artifact)?.[1] ?? []);
  expect(texts.flatMap((text) => validate(schema, parse(JSON.parse(text))))).toEqual([]);
  // relay-compiler leaves this hash of its source for Relay's Babel plugin, which warns when it differs.
  const sources = documents.map((text) =>
    createHash("md5")
      .update(print(parse(text)))
      .digest("hex"),
  );
  const compiled = artifacts.map((artifact) => /\.hash = "(\w+)"/.exec(artifact)?.[1]);
  expect([...new Set(compiled)].sort()).toEqual(sources.sort());
});

test("docs/frontends.md shows what ran here", () => {
  const [, section = ""] = read("docs/frontends.md").split("\n## Relay\n");
  const [shown = ""] = section.split("\n## ");
  expect(shown).toContain(read("test/frontends/relay/environment.ts"));
  const [, config = "{}"] = /```json\n(.*?)```/s.exec(shown) ?? [];
  expect(JSON.parse(read("test/frontends/relay/relay.config.json"))).toMatchObject(JSON.parse(config));
  const quoted = templatesOf(shown);
  expect(quoted.length).toBeGreaterThan(1);
  expect(documents).toEqual(expect.arrayContaining(quoted));
});
