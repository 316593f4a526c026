import type { GraphQLSchema } from "graphql";
import { Extensions } from "type-graphql";
import { Failure } from "../../failure";
import type { AuditAction } from "../../ledger/event";
import { isConnectedAppId, isMemberId, isOrganizationId } from "../../stytch/ids";
import type { GatewayContext } from "../context";

/** Says at the mutation what it does, in the words of the audit log. */
export const Audited = (action: AuditAction) => Extensions({ audit: action });

/**
 * Wraps the mutations once, so that a refusal by permission is written down wherever it was decided: in the guard, or by
 * Stytch. The deeds themselves are written down by `Caller.perform`.
 */
export function recordRefusals(schema: GraphQLSchema): GraphQLSchema {
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    const { resolve, extensions } = field;
    const action = extensions.audit as AuditAction | undefined;
    if (!resolve || !action) continue;
    field.resolve = async (source, args, context: GatewayContext, info) => {
      try {
        return await resolve(source, args, context, info);
      } catch (error) {
        if (error instanceof Failure) await context.caller.recordRefusal({ action, ...targetOf(args.input) }, error);
        throw error;
      }
    };
  }
  return schema;
}

/**
 * Ids as the caller gave them: nobody has looked them up. What does not begin like one may be anything, also a token or
 * a name that was put in the wrong place, so it is left out. A Stytch id never has more than 128 characters.
 */
function targetOf(input: unknown) {
  const idOf = (isId: (text: string) => boolean, ...names: string[]): string | null => {
    for (const name of names) {
      const value: unknown = typeof input === "object" && input !== null ? Reflect.get(input, name) : undefined;
      if (typeof value === "string" && isId(value) && /^[\w-]{1,128}$/.test(value)) return value;
    }
    return null;
  };
  return {
    organizationId: idOf(isOrganizationId, "organizationId"),
    memberId: idOf(isMemberId, "memberId"),
    connectedAppId: idOf(isConnectedAppId, "connectedAppId", "clientId"),
  };
}
