import { type FieldNode, type GraphQLResolveInfo, getArgumentValues, isObjectType } from "graphql";
import type { Loaders } from "../loaders";
import { MIN_MEMBERS_TO_PLAN } from "../loaders/authorizations.loader";
import { isInTenant } from "../loaders/reader";
import { isOrganizationId } from "../stytch/ids";
import { type MembersArgs, toMemberFilter, toPage } from "./inputs/page.input";
import { subfieldsOf } from "./selection";

/**
 * An Organization that is selected together with the first page of its Members costs no call of its own: the search
 * for the Members carries its record and fills the loader. Where the page's authorizations are selected too, the
 * Organization's apps are asked for at the same time instead of afterwards.
 *
 * Whatever fails here fails again, with the right path, in the field that asked for it.
 */
export async function readMembersAhead(
  loaders: Loaders,
  organizationId: string,
  info: GraphQLResolveInfo,
): Promise<void> {
  if (!isOrganizationId(organizationId) || !isInTenant(loaders.reader, organizationId)) return;
  const wanted = findMembersPage(info);
  if (!wanted) return;
  if (wanted.authorizations) loaders.organizationApps.load(organizationId).catch(() => undefined);
  await loaders.memberPage.load({ organizationId, ...wanted.page }).catch(() => undefined);
}

function findMembersPage(info: GraphQLResolveInfo) {
  const type = info.schema.getType("Organization");
  const definition = isObjectType(type) ? type.getFields().members : undefined;
  if (!definition) return null;
  for (const nodes of select(info, "Organization", info.fieldNodes, "members")) {
    const [node] = nodes;
    if (!node) continue;
    try {
      const args: MembersArgs = getArgumentValues(definition, node, info.variableValues);
      const page = { ...toPage(args), filter: toMemberFilter(args.filter) };
      if (page.after !== null) continue;
      return { page, authorizations: page.first >= MIN_MEMBERS_TO_PLAN && selectsAuthorizations(info, nodes) };
    } catch {
      // A bad argument: the field itself says so.
    }
  }
  return null;
}

function selectsAuthorizations(info: GraphQLResolveInfo, members: readonly FieldNode[]): boolean {
  const nodes = select(info, "MemberConnection", members, "nodes");
  const edges = select(info, "MemberConnection", members, "edges").flatMap((edge) =>
    select(info, "MemberEdge", edge, "node"),
  );
  return [...nodes, ...edges].some((member) => select(info, "Member", member, "authorizations").length > 0);
}

function select(info: GraphQLResolveInfo, parent: string, nodes: readonly FieldNode[], name: string): FieldNode[][] {
  const type = info.schema.getType(parent);
  if (!isObjectType(type)) return [];
  return [...subfieldsOf(info, type, nodes).values()].filter(([first]) => first?.name.value === name);
}
