import type { ApolloCache } from "@apollo/client";
import type { Revoke } from "../documents";

export function forget(cache: ApolloCache, { revokeMemberApp }: Revoke) {
  const { revokedAuthorizationId } = revokeMemberApp ?? {};
  if (!revokedAuthorizationId) return;
  const id = cache.identify({ __typename: "Authorization", id: revokedAuthorizationId });
  if (id) cache.evict({ id });
  cache.gc();
}
