import { Field, ObjectType } from "type-graphql";
import type { ScopeRecord } from "../../loaders/scopes";

@ObjectType({
  simpleResolvers: true,
  description:
    "What an app may ask for beyond the scopes of OpenID Connect: one entry of the `scopes` of the project's RBAC policy.",
})
export class Scope {
  @Field(() => String, { description: "As it stands in an authorization request and in `Authorization.scopes`." })
  scope!: string;

  @Field(() => String, { description: "What Members read on the consent page; can be empty." })
  description!: string;

  /** For operators alone. */
  roleIds!: string[];
}

export const toScope = ({ scope, description, roleIds }: ScopeRecord): Scope =>
  Object.assign(new Scope(), { scope, description, roleIds });
