import type { Grant } from "../records";

/** Recorded consents, one per Member and app, indexed the two ways the API lists them. */
export class GrantTable {
  private readonly byMember = new Map<string, Map<string, Grant>>();
  private readonly byOrganization = new Map<string, Map<string, Map<string, Grant>>>();
  private readonly askAgain = new Map<string, { member_id: string; client_id: string }>();

  get(memberId: string, clientId: string): Grant | undefined {
    return this.byMember.get(memberId)?.get(clientId);
  }

  ofMember(memberId: string): Iterable<Grant> {
    return this.byMember.get(memberId)?.values() ?? [];
  }

  /** The apps that at least one Member of the Organization authorized. */
  clientIdsOf(organizationId: string): string[] {
    return [...(this.byOrganization.get(organizationId)?.keys() ?? [])];
  }

  ofOrganizationAndClient(organizationId: string, clientId: string): Grant[] {
    return [...(this.byOrganization.get(organizationId)?.get(clientId)?.values() ?? [])];
  }

  ofClient(clientId: string): Grant[] {
    return [...this.byOrganization.keys()].flatMap((id) => this.ofOrganizationAndClient(id, clientId));
  }

  /** Replaces what was recorded; uniting old and new scopes is the caller's decision. */
  record(grant: Grant): void {
    const apps = mapIn(this.byOrganization, grant.organization_id);
    mapIn(apps, grant.client_id).set(grant.member_id, grant);
    mapIn(this.byMember, grant.member_id).set(grant.client_id, grant);
    this.askAgain.delete(askAgainKey(grant.member_id, grant.client_id));
  }

  /** After this the app must ask for consent again, whatever its type. */
  revoke(memberId: string, clientId: string): boolean {
    this.askAgain.set(askAgainKey(memberId, clientId), { member_id: memberId, client_id: clientId });
    return this.forget(memberId, clientId);
  }

  /** Removes the record and leaves no mark: the Member or the app is gone. */
  forget(memberId: string, clientId: string): boolean {
    const grant = this.get(memberId, clientId);
    if (!grant) return false;
    this.byMember.get(memberId)?.delete(clientId);
    const apps = this.byOrganization.get(grant.organization_id);
    const members = apps?.get(clientId);
    members?.delete(memberId);
    if (members?.size === 0) apps?.delete(clientId);
    return true;
  }

  mustAskAgain(memberId: string, clientId: string): boolean {
    return this.askAgain.has(askAgainKey(memberId, clientId));
  }

  values(): Grant[] {
    return [...this.byMember.values()].flatMap((grants) => [...grants.values()]);
  }

  /** Members and apps of which a revocation has not been followed by a new consent. */
  revoked(): { member_id: string; client_id: string }[] {
    return [...this.askAgain.values()];
  }

  clear(): void {
    this.byMember.clear();
    this.byOrganization.clear();
    this.askAgain.clear();
  }
}

const askAgainKey = (memberId: string, clientId: string): string => `${memberId} ${clientId}`;

function mapIn<K, V>(outer: Map<string, Map<K, V>>, key: string): Map<K, V> {
  const known = outer.get(key);
  if (known) return known;
  const created = new Map<K, V>();
  outer.set(key, created);
  return created;
}
