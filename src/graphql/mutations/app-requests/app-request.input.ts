import { Field, ID, InputType, registerEnumType } from "type-graphql";

export enum AppRequestDecision {
  APPROVE = "APPROVE",
  DECLINE = "DECLINE",
}

registerEnumType(AppRequestDecision, {
  name: "AppRequestDecision",
  description: "What an admin says to a request.",
  valuesConfig: {
    APPROVE: { description: "Widens the Organization's policy by this one app." },
    DECLINE: { description: "Changes nothing but the request." },
  },
});

@InputType({ description: "The app that is wanted." })
export class RequestAppInput {
  @Field(() => ID, { description: "Id of an app on the shelf that the Organization's policy does not allow." })
  connectedAppId!: string;

  @Field(() => String, { nullable: true, description: "Why, for the admins: at most 1000 characters." })
  reason?: string | null;
}

@InputType({ description: "A request of one's own that is still open." })
export class WithdrawAppRequestInput {
  @Field(() => ID, { description: "Id of the request." })
  appRequestId!: string;
}

@InputType({ description: "A request that is still open, and what is decided." })
export class DecideAppRequestInput {
  @Field(() => ID, { description: "Id of the request." })
  appRequestId!: string;

  @Field(() => AppRequestDecision, { description: "Yes or no." })
  decision!: AppRequestDecision;

  @Field(() => String, { nullable: true, description: "For whoever asked: at most 1000 characters." })
  note?: string | null;
}
