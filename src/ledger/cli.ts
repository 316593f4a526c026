import { createReadStream, existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { isNativeError } from "node:util/types";
import { sql } from "kysely";
import { createLogger } from "../logger";
import type { Head } from "./chain";
import { type Database, fileOf, openDatabase, requireCurrent } from "./database";
import { type Erasure, erase } from "./erase";
import { exportLines } from "./export";
import { createLoggedHeads, HEAD_MESSAGE, type LoggedHeads, readHead } from "./logged-heads";
import { createStore } from "./store";
import { LedgerUnavailable } from "./unavailable";
import { type Verdict, verifyDatabase } from "./verify";
import { verifyExport } from "./verify-export";

const USAGE = `Usage: npm run ledger -- COMMAND        (in production: node dist/ledger/cli.js COMMAND)

  verify [--heads LOG]              check every chain of the database, and name the first broken link
  verify FILE [--heads LOG] [--organization ID]
                                    check an exported FILE; ID, when it was exported with --organization
                                    LOG holds lines of the gateway's log, by which a lost end or chain shows; for a FILE
                                    the log as it was when the export was made
  export [--organization ID] [--since TIME]
                                    write events as JSON Lines to standard output
  erase --organization ID | --member ID
                                    erase the content of a tenant's or a person's events; the chains still verify
  backup FILE                       copy a SQLite ledger while it is in use

DATABASE_URL names the ledger: file:PATH or postgres://…; file:./data/marketplace-gateway.db when unset.
`;
const DEFAULT_URL = "file:./data/marketplace-gateway.db";

/** Wrong use of the command. */
class UsageError extends Error {}

async function main(): Promise<number> {
  const { command, argument, values } = read(process.argv.slice(2));
  if (values.help || command === undefined) {
    await print(USAGE);
    return command === undefined && !values.help ? 2 : 0;
  }
  const heads = values.heads === undefined ? undefined : await readHeads(values.heads);
  if (command === "verify" && argument !== undefined)
    return report(await verifyExport(linesOf(argument), heads, values.organization));

  const database = await open(process.env.DATABASE_URL || DEFAULT_URL, command === "erase" ? "write" : "read");
  try {
    switch (command) {
      case "verify":
        return await report(await verifyDatabase(database.read, heads));
      case "export":
        for await (const line of exportLines(database.read, exportOptions(values))) await print(`${line}\n`);
        return 0;
      case "erase":
        return await runErase(database, whose(values));
      case "backup":
        return await backup(database, argument);
      default:
        throw new UsageError(`There is no command ${command}.`);
    }
  } finally {
    await database.close();
  }
}

function read(args: string[]) {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        organization: { type: "string" },
        member: { type: "string" },
        since: { type: "string" },
        heads: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    });
    const [command, argument, ...rest] = positionals;
    if (rest.length > 0) throw new UsageError(`${rest.join(" ")} is too much.`);
    return { command, argument, values };
  } catch (error) {
    throw new UsageError(isNativeError(error) ? error.message : String(error));
  }
}

/** A command must not make an empty ledger where there is none. */
async function open(url: string, access: "read" | "write"): Promise<Database> {
  const file = fileOf(url);
  if (url === "memory") throw new UsageError("A ledger in memory ends with its process.");
  if (file && !existsSync(file)) throw new UsageError(`There is no ledger at ${file}. Set DATABASE_URL.`);
  const database = await openDatabase(url, access);
  await requireCurrent(database);
  return database;
}

function exportOptions({ organization, since }: { organization?: string | undefined; since?: string | undefined }) {
  const moment = since === undefined ? undefined : new Date(since);
  if (moment && Number.isNaN(moment.getTime()))
    throw new UsageError("--since must be a time such as 2026-11-21 or 2026-11-21T12:00:00Z.");
  return { organizationId: organization, since: moment };
}

function whose({ organization, member }: { organization?: string | undefined; member?: string | undefined }): Erasure {
  if (organization !== undefined && member === undefined) return { organizationId: organization };
  if (member !== undefined && organization === undefined) return { memberId: member };
  throw new UsageError("erase needs either --organization or --member.");
}

async function runErase(database: Database, erasure: Erasure): Promise<number> {
  const logger = createLogger("silent");
  const store = createStore(database, {
    clock: () => new Date(),
    logger,
    appended: () => undefined,
    failed: () => undefined,
  });
  const { events, grants, openOperations } = await erase(store, erasure);
  await store.stop();
  await print(`Erased: ${events} events, ${grants} grants.\n`);
  if (openOperations > 0)
    await print(`${openOperations} operations are under way: erase again when they have ended.\n`);
  return 0;
}

async function backup({ write, skipLocked }: Database, file: string | undefined): Promise<number> {
  if (skipLocked) throw new UsageError("This ledger is on PostgreSQL: use pg_dump.");
  if (file === undefined) throw new UsageError("backup needs a FILE.");
  if (existsSync(file)) throw new UsageError(`${file} exists. Nothing is overwritten.`);
  await sql`vacuum into ${file}`.execute(write);
  await print(`Copied to ${file}.\n`);
  return 0;
}

async function report({ chains, events, erased, pruned, breaks }: Verdict): Promise<number> {
  for (const { chain, position, reason } of breaks) await print(`BROKEN ${chain} ${position} ${reason}.\n`);
  await print(
    `${breaks.length === 0 ? "OK" : "BROKEN"}: ${chains} chains, ${events} events, of which ${erased} erased; ${pruned} before them are not here.\n`,
  );
  return breaks.length === 0 ? 0 : 1;
}

/** Characters of a line: above those of the longest event, were each of them escaped. */
const MAX_LINE = 4_000_000;

/** Not by `node:readline`, which takes U+2028 for the end of a line: JSON may hold it, and so may what people write. */
async function* linesOf(file: string): AsyncGenerator<string> {
  if (!existsSync(file)) throw new UsageError(`There is no file ${file}.`);
  let rest = "";
  for await (const chunk of createReadStream(file, "utf8")) {
    const lines = `${rest}${chunk}`.split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > MAX_LINE) throw new UsageError(`${file} has a line of more than ${MAX_LINE} characters.`);
    yield* lines;
  }
  yield rest;
}

/** Lines of a log that are heads; all others are passed over. A log without any would show nothing. */
async function readHeads(file: string): Promise<LoggedHeads> {
  const heads: Head[] = [];
  let torn = 0;
  for await (const line of linesOf(file)) {
    const head = readHead(line);
    if (head) heads.push(head);
    if (head === undefined) torn++;
  }
  if (torn > 0) process.stderr.write(`${file}: ${torn} lines "${HEAD_MESSAGE}" cannot be read and are passed over.\n`);
  if (heads.length === 0) throw new UsageError(`${file} holds no line "${HEAD_MESSAGE}" that can be read.`);
  return createLoggedHeads(heads);
}

const print = (text: string): Promise<void> =>
  new Promise((resolve, reject) => process.stdout.write(text, (error) => (error ? reject(error) : resolve())));

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    const known = error instanceof UsageError || error instanceof LedgerUnavailable;
    const text = known ? error.message : isNativeError(error) ? error.stack : String(error);
    process.stderr.write(`${text}\n${error instanceof UsageError ? `\n${USAGE}` : ""}`);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  },
);
