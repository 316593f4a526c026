import { Args, Authorized, Ctx, FieldResolver, Query, Resolver, Root } from "type-graphql";
import { isMemberId } from "../../stytch/ids";
import type { GatewayContext } from "../context";
import { all, Cost, eventMember, events, loaded, owningOrganization } from "../cost/prices";
import { toConnection } from "../relay/connection.type";
import { toPage } from "../relay/page.input";
import { AuditLogArgs, toAuditFilter } from "./audit-event.input";
import { AuditActor, AuditEvent, AuditHead, toAuditEvent } from "./audit-event.type";
import { findConnectedApp } from "./connected-app.resolver";
import { ConnectedApp } from "./connected-app.type";
import { AuditEventConnection } from "./connections.type";
import { Member, toMember } from "./member.type";
import { Organization, toOrganization } from "./organization.type";

@Resolver(() => AuditEvent)
export class AuditEventResolver {
  @Cost((_, args) => ({ calls: 0, children: events(args) }))
  @Authorized("read:everything")
  @Query(() => AuditEventConnection, {
    nullable: true,
    description: "Everything that was done through this gateway, newest first. Operators only.",
  })
  async auditLog(@Args(() => AuditLogArgs) args: AuditLogArgs, @Ctx() { loaders }: GatewayContext) {
    const page = await loaders.records.auditLog({ of: "all" }, toPage(args), toAuditFilter(args.filter));
    return toConnection(page, toAuditEvent);
  }

  @Cost(owningOrganization)
  @FieldResolver(() => Organization, {
    nullable: true,
    description: "The Organization as it is now; null when it is gone or not yours.",
  })
  async organization(
    @Root() { organizationId }: AuditEvent,
    @Ctx() { loaders }: GatewayContext,
  ): Promise<Organization | null> {
    const record = organizationId === null ? null : await loaders.organizations.byId(organizationId);
    return record && toOrganization(record);
  }

  @Cost(eventMember)
  @FieldResolver(() => Member, {
    nullable: true,
    description: "The Member as it is now; null when it is gone or not yours.",
  })
  async member(
    @Root() { memberId, organizationId }: AuditEvent,
    @Ctx() { loaders }: GatewayContext,
  ): Promise<Member | null> {
    if (memberId === null || !isMemberId(memberId)) return null;
    const record = await loaders.members.byId({ memberId, organizationId });
    return record && toMember(record);
  }

  @Cost((group) => ({ calls: all(group) + group.lists, children: { ...loaded(group), record: "read" } }))
  @FieldResolver(() => ConnectedApp, {
    nullable: true,
    description: "The app as it is now; null when it is gone or not yours.",
  })
  async connectedApp(
    @Root() { connectedAppId }: AuditEvent,
    @Ctx() context: GatewayContext,
  ): Promise<ConnectedApp | null> {
    return connectedAppId === null ? null : findConnectedApp(context, connectedAppId);
  }
}

@Resolver(() => AuditActor)
export class AuditActorResolver {
  @Cost(eventMember)
  @FieldResolver(() => Member, {
    nullable: true,
    description: "The person as it is now; null for services, and when it is gone or not yours.",
  })
  async member(@Root() { id, organizationId }: AuditActor, @Ctx() { loaders }: GatewayContext): Promise<Member | null> {
    if (id === null || !isMemberId(id)) return null;
    const record = await loaders.members.byId({ memberId: id, organizationId });
    return record && toMember(record);
  }
}

@Resolver(() => Organization)
export class OrganizationAuditResolver {
  // The ledger costs no call; whether a Member is an admin is asked once.
  @Cost((group, args) => ({ calls: 0, once: ["self"], children: events(args, group) }))
  @FieldResolver(() => AuditEventConnection, {
    nullable: true,
    description:
      "What was done in this Organization through the gateway, newest first. For its `stytch_admin` Members and operators.",
  })
  async auditLog(
    @Root() { id: organizationId }: Organization,
    @Args(() => AuditLogArgs) args: AuditLogArgs,
    @Ctx() { loaders }: GatewayContext,
  ) {
    const scope = { of: "organization" as const, organizationId };
    return toConnection(await loaders.records.auditLog(scope, toPage(args), toAuditFilter(args.filter)), toAuditEvent);
  }

  @Cost(() => ({ calls: 0, once: ["self"] }))
  @FieldResolver(() => AuditHead, {
    nullable: true,
    description:
      "The end of this Organization's hash chain; null before its first event. For its `stytch_admin` Members and operators.",
  })
  async auditHead(@Root() { id }: Organization, @Ctx() { loaders }: GatewayContext): Promise<AuditHead | null> {
    return loaders.records.auditHead(id);
  }
}

@Resolver(() => Member)
export class MemberAuditResolver {
  @Cost((group, args) => ({ calls: 0, once: ["self"], children: events(args, group) }))
  @FieldResolver(() => AuditEventConnection, {
    nullable: true,
    description:
      "What this Member did in its Organization, and what was done to it there, through the gateway, newest first. For oneself, `stytch_admin` Members of the Organization, and operators.",
  })
  async auditLog(
    @Root() { id: memberId, organizationId }: Member,
    @Args(() => AuditLogArgs) args: AuditLogArgs,
    @Ctx() { loaders }: GatewayContext,
  ) {
    const scope = { of: "member" as const, organizationId, memberId };
    return toConnection(await loaders.records.auditLog(scope, toPage(args), toAuditFilter(args.filter)), toAuditEvent);
  }
}
