import { GraphQLDateTime } from "graphql-scalars";
import { Field, ObjectType, registerEnumType } from "type-graphql";
import type { AppRequestRecord } from "../../marketplace/app-requests";
import { connectionOf } from "../relay/connection.type";
import { Node } from "./node.type";

export enum AppRequestStatus {
  OPEN = "OPEN",
  APPROVED = "APPROVED",
  DECLINED = "DECLINED",
  WITHDRAWN = "WITHDRAWN",
}

registerEnumType(AppRequestStatus, {
  name: "AppRequestStatus",
  description: "What became of a request.",
  valuesConfig: {
    OPEN: { description: "Nobody has decided. Of one Organization and app at most one is open." },
    APPROVED: { description: "The Organization's policy was widened by this app." },
    DECLINED: { description: "An admin said no. It may be asked for again." },
    WITHDRAWN: { description: "Whoever asked has taken it back." },
  },
});

@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description:
    "A Member asks the admins of its Organization to allow an app. Whoever asked, the Organization's admins and operators read it. The 20 latest that ended are kept of one app.",
})
export class AppRequest extends Node {
  @Field(() => String, {
    nullable: true,
    description:
      "Why, in the Member's words, at most 1000 characters. Null where none was given, or you may not read it.",
  })
  reason!: string | null;

  @Field(() => AppRequestStatus, { description: "What became of it." })
  status!: AppRequestStatus;

  @Field(() => GraphQLDateTime, {
    nullable: true,
    description: "When it was decided or withdrawn; null while it is open.",
  })
  decidedAt!: Date | null;

  @Field(() => String, {
    nullable: true,
    description: "What the admin had to say, at most 1000 characters. Null where nothing, or you may not read it.",
  })
  note!: string | null;

  @Field(() => GraphQLDateTime, { description: "When it was asked." })
  createdAt!: Date;

  organizationId!: string;
  connectedAppId!: string;
  /** `null` where the viewer may not know. */
  memberId!: string | null;
  deciderId!: string | null;
}

export const AppRequestConnection = connectionOf(AppRequest);

/** `isReadable`: with the people in it and their words. */
export const toAppRequest = (record: AppRequestRecord, isReadable = true): AppRequest =>
  Object.assign(new AppRequest(), {
    id: record.id,
    reason: isReadable ? record.reason : null,
    status: AppRequestStatus[record.status],
    decidedAt: record.decidedAt,
    note: isReadable ? record.note : null,
    createdAt: record.createdAt,
    organizationId: record.organizationId,
    connectedAppId: record.connectedAppId,
    memberId: isReadable ? record.memberId : null,
    deciderId: isReadable ? record.decidedBy : null,
  });
