import { GraphQLDateTime } from "graphql-scalars";
import { ArgsType, Field, ID, InputType } from "type-graphql";
import type { AuditFilter as LedgerFilter } from "../../ledger/event-pages";
import { checkValues } from "../relay/filter";
import { PageArgs } from "../relay/page.input";
import { AuditAction, AuditOutcome } from "./audit-event.type";

@InputType({ description: "Every given condition must hold." })
export class AuditFilter {
  @Field(() => [AuditAction], { nullable: true, description: "Any of them matches; 1 to 100." })
  actions?: AuditAction[] | null;

  @Field(() => [AuditOutcome], { nullable: true, description: "Any of them matches; 1 to 100." })
  outcomes?: AuditOutcome[] | null;

  @Field(() => ID, { nullable: true, description: "Id of the Organization it was done in." })
  organizationId?: string | null;

  @Field(() => ID, { nullable: true, description: "Id of the Member it was done to." })
  memberId?: string | null;

  @Field(() => ID, { nullable: true, description: "Id of the app it was about." })
  connectedAppId?: string | null;

  @Field(() => ID, { nullable: true, description: "Id of the Member or M2M client that did it." })
  actorId?: string | null;

  @Field(() => GraphQLDateTime, { nullable: true, description: "At this moment or later (RFC 3339)." })
  since?: Date | null;

  @Field(() => GraphQLDateTime, { nullable: true, description: "Before this moment (RFC 3339)." })
  until?: Date | null;
}

@ArgsType()
export class AuditLogArgs extends PageArgs {
  @Field(() => AuditFilter, { nullable: true, description: "All events when left out." })
  filter?: AuditFilter | null;
}

export function toAuditFilter(filter: AuditFilter | null | undefined): LedgerFilter {
  checkValues("filter.actions", filter?.actions);
  checkValues("filter.outcomes", filter?.outcomes);
  return filter ?? {};
}
