import type { B2BOrganizationsUpdateRequest } from "stytch";
import { Field, ID, InputType } from "type-graphql";
import { type Problem, problem, refuseIfAny } from "../../../failure";
import { isConnectedAppId } from "../../../stytch/ids";
import { ConnectedAppRuleMode } from "../../graph/enums";

/** Stytch publishes no limit; a longer list is a rule that nobody can check. */
const MAX_ALLOWED_APPS = 1000;

@InputType({ description: "Which apps of one kind Members may authorize." })
export class ConnectedAppRuleInput {
  @Field(() => ConnectedAppRuleMode, { description: "Which apps of this kind are allowed." })
  mode!: ConnectedAppRuleMode;

  @Field(() => [ID], {
    nullable: true,
    description:
      "Ids of Connected Apps, at most 1000; replaces the list. Stytch looks at it only when `mode` is RESTRICTED.",
  })
  allowedAppIds?: string[] | null;
}

@InputType({
  description:
    "New rules; a kind that is left out keeps its rule. Narrowing a rule revokes the authorizations of the apps it leaves out, for good.",
})
export class UpdateConnectedAppPolicyInput {
  @Field(() => ID, {
    nullable: true,
    description: "Id, slug or external id. Operators must give it; a Member's own Organization is used.",
  })
  organizationId?: string | null;

  @Field(() => ConnectedAppRuleInput, { nullable: true, description: "Rule for your own apps." })
  firstParty?: ConnectedAppRuleInput | null;

  @Field(() => ConnectedAppRuleInput, { nullable: true, description: "Rule for partners' apps." })
  thirdParty?: ConnectedAppRuleInput | null;
}

export type PolicyFields = Pick<
  B2BOrganizationsUpdateRequest,
  | "first_party_connected_apps_allowed_type"
  | "allowed_first_party_connected_apps"
  | "third_party_connected_apps_allowed_type"
  | "allowed_third_party_connected_apps"
>;

/** @throws Failure before anything is sent. */
export function toPolicyFields({ firstParty, thirdParty }: UpdateConnectedAppPolicyInput): PolicyFields {
  const errors = [...ruleErrors("firstParty", firstParty), ...ruleErrors("thirdParty", thirdParty)];
  if (!firstParty && !thirdParty) {
    errors.push(problem("INVALID", null, "Give firstParty, thirdParty or both."));
  }
  refuseIfAny(errors);
  return {
    ...(firstParty && { first_party_connected_apps_allowed_type: firstParty.mode }),
    ...(firstParty?.allowedAppIds && { allowed_first_party_connected_apps: firstParty.allowedAppIds }),
    ...(thirdParty && { third_party_connected_apps_allowed_type: thirdParty.mode }),
    ...(thirdParty?.allowedAppIds && { allowed_third_party_connected_apps: thirdParty.allowedAppIds }),
  };
}

function ruleErrors(name: string, rule: ConnectedAppRuleInput | null | undefined): Problem[] {
  const errors: Problem[] = [];
  if (rule?.mode === ConnectedAppRuleMode.UNKNOWN) {
    errors.push(problem("INVALID", [name, "mode"], "mode UNKNOWN is for reading only. Choose another."));
  }
  const ids = rule?.allowedAppIds ?? [];
  if (ids.length > MAX_ALLOWED_APPS) {
    errors.push(
      problem("INVALID", [name, "allowedAppIds"], `allowedAppIds must have at most ${MAX_ALLOWED_APPS} entries.`),
    );
  }
  for (const [index, id] of ids.entries()) {
    if (isConnectedAppId(id)) continue;
    const field = [name, "allowedAppIds", String(index)];
    errors.push(problem("INVALID", field, "allowedAppIds must hold ids of Connected Apps, connected-app-…"));
  }
  return errors;
}
