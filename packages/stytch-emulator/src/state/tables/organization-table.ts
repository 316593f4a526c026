import type { Organization } from "../records";
import { Table } from "./table";

/** Organizations, found by id, slug or external id. */
export class OrganizationTable extends Table<Organization> {
  private readonly bySlug = new Map<string, string>();
  private readonly byExternalId = new Map<string, string>();

  find(idOrAlias: string): Organization | undefined {
    const id = this.has(idOrAlias) ? idOrAlias : (this.bySlug.get(idOrAlias) ?? this.byExternalId.get(idOrAlias));
    return id === undefined ? undefined : this.get(id);
  }

  findBySlug(slug: string): Organization | undefined {
    const id = this.bySlug.get(slug);
    return id === undefined ? undefined : this.get(id);
  }

  findByExternalId(externalId: string): Organization | undefined {
    const id = this.byExternalId.get(externalId);
    return id === undefined ? undefined : this.get(id);
  }

  save(organization: Organization): void {
    this.forgetAliases(organization.organization_id);
    this.set(organization.organization_id, organization);
    this.bySlug.set(organization.organization_slug, organization.organization_id);
    if (organization.organization_external_id) {
      this.byExternalId.set(organization.organization_external_id, organization.organization_id);
    }
  }

  override delete(id: string): boolean {
    this.forgetAliases(id);
    return super.delete(id);
  }

  private forgetAliases(id: string): void {
    const known = this.get(id);
    if (!known) return;
    this.bySlug.delete(known.organization_slug);
    if (known.organization_external_id) this.byExternalId.delete(known.organization_external_id);
  }

  override clear(): void {
    super.clear();
    this.bySlug.clear();
    this.byExternalId.clear();
  }
}
