import { Authorized, Ctx, FieldResolver, Query, Resolver, Root } from "type-graphql";
import type { GatewayContext } from "../context";
import { Cost, FREE, lists, ONE } from "../cost/prices";
import { Scope, toScope } from "./scope.type";

/** Scopes of a project that the bound reckons with. They are written by hand, in one document. */
const USUAL_SCOPES = 100;

@Resolver(() => Scope)
export class ScopeResolver {
  @Cost(() => ({ calls: 1, children: lists(ONE, USUAL_SCOPES) }))
  @Authorized("read")
  @Query(() => [Scope], {
    nullable: true,
    description:
      "The scopes that the project defines, in its order, without the built-in `openid`, `profile`, `email`, `phone`, `offline_access` and `full_access`. For every signed-in caller: Stytch publishes their names in its metadata. Stytch: GET /v1/b2b/rbac/policy.",
  })
  async scopes(@Ctx() { loaders }: GatewayContext): Promise<Scope[]> {
    return (await loaders.scopes.all()).map(toScope);
  }

  @Cost(FREE)
  @FieldResolver(() => [String], {
    nullable: true,
    description:
      "Ids of the project's roles that hold every permission of the scope, so that a Member with one of them can grant it. Several roles together can do so as well, and so can an Organization's own roles, which are not listed. For operators; null for everybody else.",
  })
  roles(@Root() { roleIds }: Scope, @Ctx() { caller }: GatewayContext): string[] | null {
    return caller.may("read:everything") ? roleIds : null;
  }
}
