import type { Migration } from "kysely";
import { ledger } from "./0001-ledger";
import { marketplace } from "./0002-marketplace";
import { whose } from "./0003-whose";

/**
 * Every migration, in order. Add a file and a line; never change what was released. In code and not found by folder, so
 * that it is the same from `dist`, from source and under test. Each must run inside a transaction.
 */
export const MIGRATIONS: Record<string, Migration> = {
  "0001-ledger": ledger,
  "0002-marketplace": marketplace,
  "0003-whose": whose,
};
