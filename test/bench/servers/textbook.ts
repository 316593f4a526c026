import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";
import DataLoader from "dataloader";
import { B2BClient, type ConnectedApp, type Member, type MemberConnectedApp, type Organization } from "stytch";
import type { Upstream } from "../child";
import { readOptions, report } from "./serve";

/**
 * What a tutorial would build: Apollo standalone, the SDK as it comes, and DataLoaders that make one call per key. It
 * answers the benchmark's queries over our schema; the schema's other fields have no resolver here.
 */
const { upstream } = readOptions<{ upstream: Upstream }>();
const stytch = new B2BClient({ project_id: upstream.projectId, secret: upstream.secret, env: `${upstream.url}/` });

const createContext = () => {
  const each =
    <K, V>(load: (key: K) => Promise<V>) =>
    (keys: readonly K[]) =>
      Promise.all(keys.map(load));
  return {
    organization: new DataLoader(
      each(async (id: string) => (await stytch.organizations.get({ organization_id: id })).organization),
    ),
    member: new DataLoader<{ organization_id: string; member_id: string }, Member, string>(
      each(async (key) => (await stytch.organizations.members.get(key)).member),
      { cacheKeyFn: ({ member_id }) => member_id },
    ),
    client: new DataLoader(
      each(async (client_id: string) => (await stytch.connectedApp.clients.get({ client_id })).connected_app),
    ),
    memberApps: new DataLoader<Member, MemberConnectedApp[], string>(
      each(async ({ organization_id, member_id }) => {
        const answer = await stytch.organizations.members.getConnectedApps({ organization_id, member_id });
        return answer.connected_apps;
      }),
      { cacheKeyFn: ({ member_id }) => member_id },
    ),
  };
};
type Context = ReturnType<typeof createContext>;

const resolvers = {
  Query: {
    organization: (_: unknown, { id }: { id: string }, { organization }: Context) => organization.load(id),
    organizations: async (_: unknown, { first, filter }: { first: number; filter?: { slugs: string[] } }) => {
      const operands = filter ? [{ filter_name: "organization_slugs" as const, filter_value: filter.slugs }] : [];
      const { organizations } = await stytch.organizations.search({
        limit: first,
        query: { operator: "AND", operands },
      });
      return { nodes: organizations };
    },
    connectedApp: (_: unknown, { id }: { id: string }, { client }: Context) => client.load(id),
    connectedApps: async (_: unknown, { first }: { first: number }) => {
      return { nodes: (await stytch.connectedApp.clients.search({ limit: first })).connected_apps };
    },
  },
  Organization: {
    id: ({ organization_id }: Organization) => organization_id,
    name: ({ organization_name }: Organization) => organization_name,
    members: async ({ organization_id }: Organization, { first }: { first: number }) => {
      const { members } = await stytch.organizations.members.search({
        organization_ids: [organization_id],
        limit: first,
      });
      return { nodes: members };
    },
  },
  Member: {
    id: ({ member_id }: Member) => member_id,
    authorizations: async (member: Member, _: unknown, { memberApps }: Context) =>
      (await memberApps.load(member)).map((app) => ({
        scopes: app.scopes_granted.split(" "),
        connectedApp: { client_id: app.connected_app_id, client_name: app.name },
      })),
  },
  Authorization: {
    member: (key: { organization_id: string; member_id: string }, _: unknown, { member }: Context) => member.load(key),
  },
  ConnectedApp: {
    id: ({ client_id }: ConnectedApp) => client_id,
    name: ({ client_name }: ConnectedApp) => client_name,
    registration: async ({ client_id }: ConnectedApp, _: unknown, { client }: Context) => {
      const record = await client.load(client_id);
      return { status: record.status, redirectUrls: record.redirect_urls };
    },
    authorizations: async (app: ConnectedApp, { organizationId: organization_id }: { organizationId: string }) => {
      const key = { organization_id, connected_app_id: app.client_id };
      const { active_members } = await stytch.organizations.getConnectedApp(key);
      return active_members.map(({ member_id, granted_scopes: scopes }) => ({ organization_id, member_id, scopes }));
    },
  },
};

async function main(): Promise<void> {
  const typeDefs = readFileSync(join(__dirname, "../../../schema/schema.graphql"), "utf8");
  const server = new ApolloServer<Context>({ typeDefs, resolvers });
  const { url } = await startStandaloneServer(server, { listen: { port: 0 }, context: async () => createContext() });
  report(url);
}

void main();
