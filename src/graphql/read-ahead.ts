import { collectSubFields } from "@graphql-tools/utils";
import { type FieldNode, type GraphQLResolveInfo, getArgumentValues, isObjectType } from "graphql";
import type { Caller } from "../caller/caller";
import type { Loaders } from "../loaders";
import { MIN_MEMBERS_TO_PLAN } from "../loaders/authorizations";
import { isOrganizationId } from "../stytch/ids";
import { type MembersArgs, toMemberFilter } from "./graph/member.input";
import { toPage } from "./relay/page.input";

/**
 * An Organization that is selected together with the first page of its Members costs no call of its own: the search
 * for the Members carries its record and fills the loader. Where the page's authorizations are selected too, the
 * Organization's apps are asked for at the same time instead of afterwards.
 *
 * Whatever fails here fails again, with the right path, in the field that asked for it.
 */
export async function readMembersAhead(
  caller: Caller,
  loaders: Loaders,
  organizationId: string,
  info: GraphQLResolveInfo,
): Promise<void> {
  if (!isOrganizationId(organizationId) || !caller.sees(organizationId)) return;
  const wanted = findMembersPage(info, info.fieldNodes);
  if (!wanted) return;
  if (wanted.authorizations) readAppsAhead(loaders, organizationId);
  await loaders.members.page({ organizationId, ...wanted.page }).catch(() => undefined);
}

/** The same for a page of Organizations, whose Members are about to be searched: asks for their apps meanwhile. */
export function readAppsOfPageAhead(
  loaders: Loaders,
  organizationIds: readonly string[],
  info: GraphQLResolveInfo,
): void {
  const selections = itemsOf(info, "Organization", info.fieldNodes);
  if (!selections.some((selection) => findMembersPage(info, selection)?.authorizations)) return;
  for (const organizationId of organizationIds) readAppsAhead(loaders, organizationId);
}

const readAppsAhead = ({ apps }: Loaders, organizationId: string): void =>
  void apps.of(organizationId).catch(() => undefined);

function findMembersPage(info: GraphQLResolveInfo, organizations: readonly FieldNode[]) {
  const type = info.schema.getType("Organization");
  const definition = isObjectType(type) ? type.getFields().members : undefined;
  if (!definition) return null;
  for (const nodes of select(info, "Organization", organizations, "members")) {
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

const selectsAuthorizations = (info: GraphQLResolveInfo, members: readonly FieldNode[]): boolean =>
  itemsOf(info, "Member", members).some((member) => select(info, "Member", member, "authorizations").length > 0);

/** What a connection's selection says of its items, by `nodes` and by `edges`, for each response key. */
function itemsOf(info: GraphQLResolveInfo, item: string, connections: readonly FieldNode[]): FieldNode[][] {
  const edges = select(info, `${item}Connection`, connections, "edges");
  return [
    ...select(info, `${item}Connection`, connections, "nodes"),
    ...edges.flatMap((edge) => select(info, `${item}Edge`, edge, "node")),
  ];
}

function select(info: GraphQLResolveInfo, parent: string, nodes: readonly FieldNode[], name: string): FieldNode[][] {
  const type = info.schema.getType(parent);
  if (!isObjectType(type)) return [];
  const variables = { coerced: info.variableValues, sources: {} };
  const { fields } = collectSubFields(info.schema, info.fragments, variables, type, [...nodes]);
  return [...fields.values()].filter(([first]) => first?.name.value === name);
}
