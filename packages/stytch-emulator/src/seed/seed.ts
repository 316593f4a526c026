import { newOrganization } from "../defaults";
import { seededId, seededSecret } from "../ids";
import { isAllowedBy } from "../organization-policy";
import { coversScope } from "../rbac";
import { roleIdsOf } from "../roles";
import { load } from "../state/dump";
import type { GivenDump } from "../state/dump.schema";
import type { M2mClient, Member, Organization } from "../state/records";
import type { State } from "../state/state";
import { hashSecret } from "../tokens/secrets";
import { demoClientId, demoClientSecret, seedApps } from "./apps";
import { memberIdOf, seedMember } from "./members";
import {
  demoPlans,
  generatedPlans,
  OPERATOR_ORGANIZATION_ID,
  type OrganizationPlan,
  operatorPlan,
  organizationIdOf,
} from "./organizations";
import { marketplacePolicy } from "./policy";

/** A generated marketplace instead of the demo one. The operator's Organization comes on top. */
export interface SeedSize {
  organizations: number;
  /** In total, spread evenly. */
  members: number;
  /** Eight when left out. */
  apps?: number;
  /** Four when left out. */
  authorizationsPerMember?: number;
}

/** What a newcomer or a test wants to hold in hand. */
export interface Seeded {
  operatorOrganizationId: string;
  /** A Member without any special role, an admin of the same Organization, and an operator. */
  people: { memberId: string; adminId: string; operatorId: string };
  operatorService: ClientCredentials;
  readOnlyService: ClientCredentials;
  demoApp: ClientCredentials & { redirectUrl: string };
}
interface ClientCredentials {
  clientId: string;
  clientSecret: string;
}

const FIRST_DAY = Date.UTC(2026, 0, 5, 9);
const DEMO_AUTHORIZATIONS_PER_MEMBER = 4;
/** The first place in an Organization that has no role. */
const PLAIN_MEMBER = 5;

/** `demo` by default; or nothing, a generated marketplace, or the records of a dump. */
export type Seed = "demo" | "empty" | SeedSize | GivenDump;

/** Fills an empty state. `null` where no ids are known beforehand. */
export function plant(state: State, seed: Seed): Seeded | null {
  if (seed === "demo") return seedMarketplace(state);
  if (seed !== "empty" && isSize(seed)) return seedMarketplace(state, seed);
  load(state, seed === "empty" ? {} : { ...seed });
  return null;
}

const isSize = (seed: SeedSize | GivenDump): seed is SeedSize => typeof seed.organizations === "number";

function seedMarketplace(state: State, size?: SeedSize): Seeded {
  state.policy = structuredClone(marketplacePolicy);
  seedApps(state, size?.apps);
  const plans = size ? generatedPlans(size.organizations, size.members) : demoPlans;
  const authorizations = size?.authorizationsPerMember ?? DEMO_AUTHORIZATIONS_PER_MEMBER;
  [operatorPlan, ...plans].forEach((plan, index) => {
    seedOrganization(state, plan, index, authorizations);
  });
  const first = plans[0] ?? operatorPlan;
  return {
    operatorOrganizationId: OPERATOR_ORGANIZATION_ID,
    people: {
      memberId: memberIdOf(first.slug, Math.min(PLAIN_MEMBER, first.members - 1)),
      adminId: memberIdOf(first.slug, 0),
      operatorId: memberIdOf(operatorPlan.slug, 0),
    },
    operatorService: seedService(state, "Marketplace operations", [
      "read:marketplace",
      "manage:clients",
      "manage:authorizations",
    ]),
    readOnlyService: seedService(state, "Marketplace reporting", ["read:marketplace"]),
    demoApp: {
      clientId: demoClientId,
      clientSecret: demoClientSecret,
      redirectUrl: `${state.origin}/demo/callback`,
    },
  };
}

function seedOrganization(state: State, plan: OrganizationPlan, index: number, authorizations: number): void {
  const createdAt = new Date(FIRST_DAY + index * 60_000).toISOString();
  const organization = organizationOf(plan, createdAt);
  state.organizations.save(organization);
  const apps = [...state.clients.values()].filter((client) => isAllowedBy(organization, client));
  const scopes = scopesByRoles(state, organization);
  for (let number = 0; number < plan.members; number++) {
    const place = { ...plan, organization_id: organization.organization_id, offset: index * 11 };
    const member = seedMember(place, number, createdAt);
    state.members.save(member);
    if (member.status !== "active") continue;
    for (let choice = 0; choice < Math.min(authorizations, apps.length); choice++) {
      const client = apps[(number + choice) % apps.length];
      if (!client) continue;
      state.grants.record({
        organization_id: organization.organization_id,
        member_id: member.member_id,
        client_id: client.client_id,
        scopes: ["openid", "profile", ...scopes(member)],
      });
    }
  }
}

function organizationOf(plan: OrganizationPlan, createdAt: string): Organization {
  const idsOf = (names: readonly string[] = []) => names.map((name) => seededId("connected-app", name));
  return newOrganization(
    {
      organization_id: organizationIdOf(plan),
      organization_name: plan.name,
      organization_slug: plan.slug,
      ...(plan.externalId && { organization_external_id: plan.externalId }),
      organization_logo_url: `https://${plan.slug}.example/logo.png`,
      email_allowed_domains: [`${plan.slug}.example`],
      trusted_metadata: { plan: plan.plan },
      first_party_connected_apps_allowed_type: plan.firstParty?.mode ?? "ALL_ALLOWED",
      allowed_first_party_connected_apps: idsOf(plan.firstParty?.apps),
      third_party_connected_apps_allowed_type: plan.thirdParty?.mode ?? "ALL_ALLOWED",
      allowed_third_party_connected_apps: idsOf(plan.thirdParty?.apps),
    },
    createdAt,
  );
}

/** The custom scopes a Member may grant; worked out once per set of roles, for there are many Members. */
function scopesByRoles(state: State, organization: Organization): (member: Member) => string[] {
  const known = new Map<string, string[]>();
  return (member) => {
    const key = roleIdsOf(member, organization).join(" ");
    const scopes =
      known.get(key) ??
      state.policy.scopes.filter((scope) => coversScope(state, member, scope)).map(({ scope }) => scope);
    known.set(key, scopes);
    return scopes;
  };
}

function seedService(state: State, name: string, scopes: string[]): ClientCredentials {
  const client: M2mClient = {
    client_id: seededId("m2m-client", name),
    client_name: name,
    client_description: "",
    status: "active",
    scopes,
    trusted_metadata: {},
    secret: { current: hashSecret(seededSecret(name)) },
  };
  state.m2mClients.set(client.client_id, client);
  return { clientId: client.client_id, clientSecret: seededSecret(name) };
}
