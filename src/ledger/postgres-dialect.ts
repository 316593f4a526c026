import {
  type Dialect,
  type PostgresCursor,
  PostgresDialect,
  type PostgresPool,
  type PostgresPoolClient,
  type PostgresQueryResult,
} from "kysely";
import { DatabaseError, Pool, type PoolClient, types } from "pg";

const CONNECTIONS = 8;
const INT8 = 20;

export const STATEMENT_MS = 2000;

/**
 * `pg` under Kysely's own dialect. A statement takes `limitMs` at most on either side, so that a server that is frozen or
 * gone is noticed, and connections that may be out of step are thrown away.
 */
export function createPostgresDialect(url: string, limitMs: number): Dialect {
  const pool = new Pool({
    connectionString: url,
    application_name: "marketplace-gateway",
    max: CONNECTIONS,
    connectionTimeoutMillis: 1500,
    query_timeout: limitMs,
    statement_timeout: limitMs,
    lock_timeout: limitMs * 0.75,
    idle_in_transaction_session_timeout: limitMs + 3000,
    // Positions and milliseconds stay below 2^53. For this pool only, not for everybody who uses `pg`.
    types: { getTypeParser: (oid: number, format?: "text" | "binary") => parserOf(oid, format) },
  });
  // Without these the process would end when a server goes away under an idle or a busy connection.
  pool.on("error", () => undefined);
  pool.on("connect", (client) => client.on("error", () => undefined));
  const kyselyPool: PostgresPool = { connect: async () => guarded(await pool.connect()), end: () => pool.end() };
  return new PostgresDialect({ pool: kyselyPool });
}

function parserOf(oid: number, format: "text" | "binary" = "text") {
  if (oid === INT8) return Number;
  return format === "binary" ? types.getTypeParser(oid, "binary") : types.getTypeParser(oid, "text");
}

/** An error that the server did not send (a lost connection, our own time limit) makes the connection unusable. */
function guarded(client: PoolClient): PostgresPoolClient {
  const plain: PostgresPoolClient = client;
  let broken = false;
  function query<R>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>>;
  function query<R>(cursor: PostgresCursor<R>): PostgresCursor<R>;
  function query<R>(query: string | PostgresCursor<R>, parameters: readonly unknown[] = []) {
    if (typeof query !== "string") return plain.query(query);
    return plain.query<R>(query, parameters).catch((error: unknown) => {
      if (!(error instanceof DatabaseError)) broken = true;
      throw error;
    });
  }
  return { query, release: () => client.release(broken) };
}
