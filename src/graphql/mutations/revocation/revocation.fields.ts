import { GraphQLDateTime } from "graphql-scalars";
import { Ctx, FieldResolver, Int, Resolver, Root } from "type-graphql";
import { MAX_REVOCATIONS } from "../../../oauth/revoke-many";
import type { GatewayContext } from "../../context";
import { Cost, ONE } from "../../cost/prices";
import { Member, toMember } from "../../graph/member.type";
import { type Ending, RevokeAppPayload, RevokeMemberAppPayload, RevokeMemberAppsPayload } from "./revocation.payloads";

const VALID_UNTIL =
  "Until when a resource server that only checks signatures may still accept an access token of what was revoked: now plus the app's token lifetime; with several apps, the longest. An upper bound, unless that lifetime was shortened within itself. Refresh tokens end at once. Null when there are userErrors, when there was no app, or when Stytch has no record of the app any more, so that its lifetime is not known.";
const REMAINING =
  "How many accesses are left, read from Stytch after the last revocation: call again while it is above 0, and stop when a call revokes nothing. Null when there are userErrors, and with an error when it cannot be read.";

/** The lifetime is part of the client's record, which only operators may read. The moment alone says nothing else. */
async function validUntil({ ending }: { ending?: Ending }, { loaders }: GatewayContext): Promise<Date | null> {
  if (!ending) return null;
  const records = await Promise.all(ending.appIds.map((id) => loaders.apps.registration(id)));
  const minutes = records.map((record) => record?.access_token_expiry_minutes ?? Number.NaN);
  const longest = Math.max(...minutes);
  return Number.isFinite(longest) ? new Date(ending.endedAt.getTime() + longest * 60_000) : null;
}

@Resolver(() => RevokeMemberAppPayload)
export class RevokeMemberAppFields {
  @Cost(() => ({ calls: 1, once: ["self"], children: ONE }))
  @FieldResolver(() => Member, {
    nullable: true,
    description: "The Member as it is now. Services need `read:marketplace` for it.",
  })
  async member(@Root() { key }: RevokeMemberAppPayload, @Ctx() { loaders }: GatewayContext): Promise<Member | null> {
    const record = key ? await loaders.members.byId(key) : null;
    return record && toMember(record);
  }

  @Cost(() => ({ calls: 1 }))
  @FieldResolver(() => GraphQLDateTime, { nullable: true, description: VALID_UNTIL })
  accessTokensValidUntil(@Root() payload: RevokeMemberAppPayload, @Ctx() context: GatewayContext) {
    return validUntil(payload, context);
  }
}

@Resolver(() => RevokeAppPayload)
export class RevokeAppFields {
  @Cost(() => ({ calls: 1 }))
  @FieldResolver(() => Int, { nullable: true, description: REMAINING })
  remainingCount(@Root() { remaining }: RevokeAppPayload) {
    return remaining?.() ?? null;
  }

  @Cost(() => ({ calls: 1 }))
  @FieldResolver(() => GraphQLDateTime, { nullable: true, description: VALID_UNTIL })
  accessTokensValidUntil(@Root() payload: RevokeAppPayload, @Ctx() context: GatewayContext) {
    return validUntil(payload, context);
  }
}

@Resolver(() => RevokeMemberAppsPayload)
export class RevokeMemberAppsFields {
  @Cost(() => ({ calls: 1 }))
  @FieldResolver(() => Int, { nullable: true, description: REMAINING })
  remainingCount(@Root() { remaining }: RevokeMemberAppsPayload) {
    return remaining?.() ?? null;
  }

  // A search for several apps, and a call for each that it lacks.
  @Cost(() => ({ calls: 1 + MAX_REVOCATIONS }))
  @FieldResolver(() => GraphQLDateTime, { nullable: true, description: VALID_UNTIL })
  accessTokensValidUntil(@Root() payload: RevokeMemberAppsPayload, @Ctx() context: GatewayContext) {
    return validUntil(payload, context);
  }
}
