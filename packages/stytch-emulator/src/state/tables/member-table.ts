import type { Member } from "../records";
import { Table } from "./table";

/** Members, found by id or, inside their Organization, by external id or email address. */
export class MemberTable extends Table<Member> {
  private readonly byOrganization = new Map<string, Map<string, Member>>();
  private readonly byExternalId = new Map<string, string>();
  private readonly byEmail = new Map<string, string>();

  ofOrganization(organizationId: string): Iterable<Member> {
    return this.byOrganization.get(organizationId)?.values() ?? [];
  }

  countOf(organizationId: string): number {
    return this.byOrganization.get(organizationId)?.size ?? 0;
  }

  /** A deleted Member is found too: the caller decides whether it counts. */
  find(organizationId: string, idOrExternalId: string): Member | undefined {
    const id = this.has(idOrExternalId) ? idOrExternalId : this.byExternalId.get(`${organizationId} ${idOrExternalId}`);
    const member = id === undefined ? undefined : this.get(id);
    return member?.organization_id === organizationId ? member : undefined;
  }

  findByEmail(organizationId: string, emailAddress: string): Member | undefined {
    const id = this.byEmail.get(emailKey(organizationId, emailAddress));
    return id === undefined ? undefined : this.get(id);
  }

  findByExternalId(organizationId: string, externalId: string): Member | undefined {
    const id = this.byExternalId.get(`${organizationId} ${externalId}`);
    return id === undefined ? undefined : this.get(id);
  }

  save(member: Member): void {
    this.forgetAliases(member.member_id);
    this.set(member.member_id, member);
    const siblings = this.byOrganization.get(member.organization_id) ?? new Map<string, Member>();
    this.byOrganization.set(member.organization_id, siblings.set(member.member_id, member));
    this.byEmail.set(emailKey(member.organization_id, member.email_address), member.member_id);
    if (member.external_id) this.byExternalId.set(`${member.organization_id} ${member.external_id}`, member.member_id);
  }

  override delete(id: string): boolean {
    this.forgetAliases(id);
    const member = this.get(id);
    if (member) this.byOrganization.get(member.organization_id)?.delete(id);
    return super.delete(id);
  }

  private forgetAliases(id: string): void {
    const known = this.get(id);
    if (!known) return;
    // A deleted Member's address and external id may belong to somebody else by now.
    deleteIf(this.byEmail, emailKey(known.organization_id, known.email_address), id);
    if (known.external_id) deleteIf(this.byExternalId, `${known.organization_id} ${known.external_id}`, id);
  }

  override clear(): void {
    super.clear();
    this.byOrganization.clear();
    this.byExternalId.clear();
    this.byEmail.clear();
  }
}

function deleteIf(index: Map<string, string>, key: string, id: string): void {
  if (index.get(key) === id) index.delete(key);
}

const emailKey = (organizationId: string, emailAddress: string): string =>
  `${organizationId} ${emailAddress.toLowerCase()}`;
