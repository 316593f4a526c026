import "reflect-metadata";
import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";
import DataLoader from "dataloader";
import * as stytch from "stytch";
import {
  Arg,
  buildSchema,
  Ctx,
  Field,
  FieldResolver,
  ID,
  InputType,
  Int,
  ObjectType,
  Query,
  Resolver,
  Root,
} from "type-graphql";
import type { Upstream } from "../child";
import { readOptions, report } from "./serve";

/**
 * What a tutorial would build: Apollo standalone, type-graphql, the SDK as it comes, and DataLoaders that make one call
 * per key. It has the part of our schema that the benchmark's queries use.
 */
const { upstream } = readOptions<{ upstream: Upstream }>();
const sdk = new stytch.B2BClient({ project_id: upstream.projectId, secret: upstream.secret, env: `${upstream.url}/` });

const createContext = () => {
  const each =
    <K, V>(load: (key: K) => Promise<V>) =>
    (keys: readonly K[]) =>
      Promise.all(keys.map(load));
  return {
    organization: new DataLoader(
      each(async (id: string) => (await sdk.organizations.get({ organization_id: id })).organization),
    ),
    member: new DataLoader<{ organization_id: string; member_id: string }, stytch.Member, string>(
      each(async (key) => (await sdk.organizations.members.get(key)).member),
      { cacheKeyFn: ({ member_id }) => member_id },
    ),
    client: new DataLoader(
      each(async (client_id: string) => (await sdk.connectedApp.clients.get({ client_id })).connected_app),
    ),
    memberApps: new DataLoader<Member, stytch.MemberConnectedApp[], string>(
      each(async ({ organizationId: organization_id, id: member_id }) => {
        const answer = await sdk.organizations.members.getConnectedApps({ organization_id, member_id });
        return answer.connected_apps;
      }),
      { cacheKeyFn: ({ id }) => id },
    ),
  };
};
type Context = ReturnType<typeof createContext>;

@ObjectType()
class Organization {
  @Field(() => ID) id!: string;
  @Field(() => String) name!: string;
}

@ObjectType()
class Member {
  @Field(() => ID) id!: string;
  @Field(() => String) name!: string;
  organizationId!: string;
}

@ObjectType()
class ClientRegistration {
  @Field(() => String) status!: string;
  @Field(() => [String]) redirectUrls!: string[];
}

@ObjectType()
class ConnectedApp {
  @Field(() => ID) id!: string;
  @Field(() => String) name!: string;
}

@ObjectType()
class Authorization {
  @Field(() => [String]) scopes!: string[];
  @Field(() => ConnectedApp, { nullable: true }) connectedApp?: ConnectedApp;
  key!: { organization_id: string; member_id: string };
}

@ObjectType()
class OrganizationConnection {
  @Field(() => [Organization]) nodes!: Organization[];
}

@ObjectType()
class MemberConnection {
  @Field(() => [Member]) nodes!: Member[];
}

@ObjectType()
class ConnectedAppConnection {
  @Field(() => [ConnectedApp]) nodes!: ConnectedApp[];
}

@InputType()
class OrganizationFilter {
  @Field(() => [String], { nullable: true }) slugs?: string[];
}

const toOrganization = (record: stytch.Organization): Organization => ({
  id: record.organization_id,
  name: record.organization_name,
});
const toMember = (record: stytch.Member): Member => ({
  id: record.member_id,
  name: record.name,
  organizationId: record.organization_id,
});
const toApp = (record: stytch.ConnectedApp): ConnectedApp => ({ id: record.client_id, name: record.client_name });

@Resolver()
class QueryResolver {
  @Query(() => Organization)
  async organization(@Arg("id", () => ID) id: string, @Ctx() { organization }: Context): Promise<Organization> {
    return toOrganization(await organization.load(id));
  }

  @Query(() => OrganizationConnection)
  async organizations(
    @Arg("first", () => Int) limit: number,
    @Arg("filter", () => OrganizationFilter, { nullable: true }) filter?: OrganizationFilter,
  ): Promise<OrganizationConnection> {
    const operands = filter?.slugs ? [{ filter_name: "organization_slugs" as const, filter_value: filter.slugs }] : [];
    const { organizations } = await sdk.organizations.search({ limit, query: { operator: "AND", operands } });
    return { nodes: organizations.map(toOrganization) };
  }

  @Query(() => ConnectedApp)
  async connectedApp(@Arg("id", () => ID) id: string, @Ctx() { client }: Context): Promise<ConnectedApp> {
    return toApp(await client.load(id));
  }

  @Query(() => ConnectedAppConnection)
  async connectedApps(@Arg("first", () => Int) limit: number): Promise<ConnectedAppConnection> {
    return { nodes: (await sdk.connectedApp.clients.search({ limit })).connected_apps.map(toApp) };
  }
}

@Resolver(() => Organization)
class OrganizationResolver {
  @FieldResolver(() => MemberConnection)
  async members(@Root() { id }: Organization, @Arg("first", () => Int) limit: number): Promise<MemberConnection> {
    const { members } = await sdk.organizations.members.search({ organization_ids: [id], limit });
    return { nodes: members.map(toMember) };
  }
}

@Resolver(() => Member)
class MemberResolver {
  @FieldResolver(() => [Authorization])
  async authorizations(@Root() member: Member, @Ctx() { memberApps }: Context): Promise<Authorization[]> {
    return (await memberApps.load(member)).map((app) => ({
      scopes: app.scopes_granted.split(" "),
      connectedApp: { id: app.connected_app_id, name: app.name },
      key: { organization_id: member.organizationId, member_id: member.id },
    }));
  }
}

@Resolver(() => Authorization)
class AuthorizationResolver {
  @FieldResolver(() => Member)
  async member(@Root() { key }: Authorization, @Ctx() { member }: Context): Promise<Member> {
    return toMember(await member.load(key));
  }
}

@Resolver(() => ConnectedApp)
class ConnectedAppResolver {
  @FieldResolver(() => ClientRegistration)
  async registration(@Root() { id }: ConnectedApp, @Ctx() { client }: Context): Promise<ClientRegistration> {
    const record = await client.load(id);
    return { status: record.status, redirectUrls: record.redirect_urls };
  }

  @FieldResolver(() => [Authorization])
  async authorizations(
    @Root() { id: connected_app_id }: ConnectedApp,
    @Arg("organizationId", () => ID) organization_id: string,
  ): Promise<Authorization[]> {
    const app = await sdk.organizations.getConnectedApp({ organization_id, connected_app_id });
    return app.active_members.map(({ member_id, granted_scopes }) => ({
      scopes: granted_scopes,
      key: { organization_id, member_id },
    }));
  }
}

async function main(): Promise<void> {
  const schema = await buildSchema({
    resolvers: [QueryResolver, OrganizationResolver, MemberResolver, AuthorizationResolver, ConnectedAppResolver],
    validate: false,
  });
  const server = new ApolloServer<Context>({ schema });
  const { url } = await startStandaloneServer(server, { listen: { port: 0 }, context: async () => createContext() });
  report(url);
}

void main();
