import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { Client } from "pg";

const ROOT = join(__dirname, "../..");

/** Everything that a database holds: SQLite's files with its write-ahead log, or every row of every table. */
export async function contentsOf(databaseUrl: string): Promise<Buffer> {
  if (!databaseUrl.startsWith("file:")) return rowsOf(databaseUrl);
  const file = databaseUrl.slice("file:".length);
  const names = readdirSync(dirname(file)).filter((name) => name.startsWith(basename(file)));
  return Buffer.concat(names.map((name) => readFileSync(join(dirname(file), name))));
}

async function rowsOf(connectionString: string): Promise<Buffer> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    const tables = await client.query("select tablename from pg_tables where schemaname = 'public'");
    const texts: string[] = [];
    for (const { tablename } of tables.rows) {
      const { rows } = await client.query(`select row_to_json(t)::text as row from "${tablename}" t`);
      texts.push(tablename, ...rows.map(({ row }) => row));
    }
    return Buffer.from(texts.join("\n"));
  } finally {
    await client.end();
  }
}

/** What `npm run ledger -- export` writes. */
export async function exportOf(databaseUrl: string): Promise<string> {
  const { PATH = "" } = process.env;
  const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", "src/ledger/cli.ts", "export"], {
    cwd: ROOT,
    env: { PATH, DATABASE_URL: databaseUrl },
    maxBuffer: 2 ** 26,
  });
  return stdout;
}
