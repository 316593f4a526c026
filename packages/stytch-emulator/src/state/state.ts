import type { Clock } from "../clock";
import type { Settings } from "../settings";
import type { Signer } from "../tokens/signer";
import { StytchApiError } from "../wire/errors";
import type { ConnectedApp, M2mClient, Member, Organization, OrganizationPolicy, Policy } from "./records";
import { GrantTable } from "./tables/grant-table";
import { MemberTable } from "./tables/member-table";
import { OrganizationTable } from "./tables/organization-table";
import { SessionTable } from "./tables/session-table";
import { Table } from "./tables/table";
import { TokenTable } from "./tables/token-table";

export interface StateOptions {
  projectId: string;
  clock: Clock;
  signer: Signer;
  settings: Settings;
}

/** One project: everything an operation reads or writes. A `requireX` throws the API's own 404. */
export class State {
  readonly projectId: string;
  readonly clock: Clock;
  readonly signer: Signer;
  readonly settings: Settings;
  /** The emulator's own origin, without a trailing slash. Set once it listens. */
  origin = "";

  readonly organizations = new OrganizationTable();
  readonly members = new MemberTable();
  readonly clients = new Table<ConnectedApp>();
  readonly m2mClients = new Table<M2mClient>();
  readonly grants = new GrantTable();
  readonly sessions = new SessionTable();
  readonly tokens = new TokenTable();
  readonly organizationPolicies = new Map<string, OrganizationPolicy>();
  policy: Policy = { roles: [], resources: [], scopes: [] };

  constructor({ projectId, clock, signer, settings }: StateOptions) {
    this.projectId = projectId;
    this.clock = clock;
    this.signer = signer;
    this.settings = settings;
  }

  /** Forgets every record. */
  clear(): void {
    const { organizations, members, clients, m2mClients, grants, sessions, tokens } = this;
    for (const table of [organizations, members, clients, m2mClients, grants, sessions, tokens]) table.clear();
    this.organizationPolicies.clear();
    this.policy = { roles: [], resources: [], scopes: [] };
  }

  /** The API's timestamp of this moment. */
  now(): string {
    return this.clock().toISOString();
  }

  /** By id, slug or external id. */
  requireOrganization(idOrAlias: string): Organization {
    const organization = this.organizations.find(idOrAlias);
    if (!organization) throw new StytchApiError("organization_not_found");
    return organization;
  }

  /** By id or external id; another Organization's Member and a deleted one are not found. */
  requireMember(organizationIdOrAlias: string, idOrExternalId: string): Member {
    const member = this.requireMemberOrDeleted(organizationIdOrAlias, idOrExternalId);
    if (member.status === "deleted") throw new StytchApiError("member_not_found");
    return member;
  }

  requireMemberOrDeleted(organizationIdOrAlias: string, idOrExternalId: string): Member {
    const { organization_id } = this.requireOrganization(organizationIdOrAlias);
    const member = this.members.find(organization_id, idOrExternalId);
    if (!member) throw new StytchApiError("member_not_found");
    return member;
  }

  /** Any tenant's, by id only; a deleted Member is not found. */
  requireMemberById(memberId: string): Member {
    const member = this.members.get(memberId);
    if (!member || member.status === "deleted") throw new StytchApiError("member_not_found");
    return member;
  }

  requireClient(clientId: string): ConnectedApp {
    const client = this.clients.get(clientId);
    if (!client) throw new StytchApiError("connected_app_not_found");
    return client;
  }

  /** As OAuth requests name a client: by id, or by the URL of its metadata document, which is never fetched (U15). */
  findClient(clientIdOrMetadataUrl: string): ConnectedApp | undefined {
    const client = this.clients.get(clientIdOrMetadataUrl);
    if (client || !clientIdOrMetadataUrl.startsWith("https://")) return client;
    return [...this.clients.values()].find((other) => other.client_id_metadata_url === clientIdOrMetadataUrl);
  }

  requireM2mClient(clientId: string): M2mClient {
    const client = this.m2mClients.get(clientId);
    if (!client) throw new StytchApiError("m2m_client_not_found");
    return client;
  }

  /** The project's roles and the Organization's own. */
  rolesOf(organizationId: string): Policy["roles"] {
    return [...this.policy.roles, ...(this.organizationPolicies.get(organizationId)?.roles ?? [])];
  }

  /** Ends an app's access to one Member for good: consent, codes and tokens. */
  revokeGrant(memberId: string, clientId: string): void {
    this.grants.revoke(memberId, clientId);
    this.tokens.revokeFor(memberId, clientId);
  }
}
