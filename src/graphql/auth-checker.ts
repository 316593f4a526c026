import type { AuthCheckerFn } from "type-graphql";
import type { Rule } from "../caller/rules";
import type { GatewayContext } from "./context";

/**
 * `@Authorized("rule")`. Throws our own errors: a plain `false` would say UNAUTHORIZED even to somebody signed in.
 * A field with several rules wants all of them; a bare `@Authorized()` would guard nothing, so it refuses.
 */
export const authChecker: AuthCheckerFn<GatewayContext, Rule> = ({ context }, rules) => {
  for (const rule of rules) context.caller.require(rule);
  return rules.length > 0;
};
