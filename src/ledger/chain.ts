import { canonical, sha256 } from "./canonical";
import type { AuditEventRow } from "./schema";

/** The hash before the first event of a chain. */
export const GENESIS = "0".repeat(64);
/** Events that are not one Organization's. Every other chain is named by the id of its Organization. */
export const MARKETPLACE = "marketplace";

/** A place in a chain, as logs and `auditHead` name it. */
export interface Head {
  chain: string;
  position: number;
  hash: string;
}

/** The part of a row that may be erased. */
export type Content = Pick<
  AuditEventRow,
  | "id"
  | "action"
  | "outcome"
  | "code"
  | "actor_kind"
  | "actor_id"
  | "organization_id"
  | "member_id"
  | "app_id"
  | "detail"
  | "salt"
>;
/** The part that stays for ever, and what the links of the chain are made of. */
export type Link = Pick<AuditEventRow, "chain" | "position" | "order" | "at" | "content_hash" | "hash">;

/** With a random salt in it, so that erased content cannot be guessed by hashing what it might have been. */
export const contentHash = (row: Content): string =>
  sha256(
    canonical({
      id: row.id,
      action: row.action,
      outcome: row.outcome,
      code: row.code,
      actorKind: row.actor_kind,
      actorId: row.actor_id,
      organizationId: row.organization_id,
      memberId: row.member_id,
      connectedAppId: row.app_id,
      detail: row.detail,
      salt: row.salt,
    }),
  );

/** Over the content's hash and not the content: an erased row still links its neighbours. */
export const linkHash = (row: Omit<Link, "hash">, previous: string): string =>
  sha256(canonical([row.chain, row.position, row.order, row.at, row.content_hash, previous]));
