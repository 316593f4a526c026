import { join } from "node:path";
import { loadConfig } from "../../../src/config";
import type { Ledger, LedgerOptions } from "../../../src/ledger/open";
import type { Upstream } from "../child";
import { memory, readOptions, report } from "./serve";
import { createWatch } from "./watch";

/** The built gateway, as it is deployed. */
const DIST = join(__dirname, "../../../dist");
const { startGateway }: typeof import("../../../src/gateway") = require(join(DIST, "gateway.js"));
const ledgers: typeof import("../../../src/ledger/open") = require(join(DIST, "ledger/open.js"));

async function main(): Promise<void> {
  const { upstream, coalesce, compileAfter, databaseUrl, redisUrl } = readOptions<{
    upstream: Upstream;
    coalesce: boolean;
    /** Infinity is not JSON. */
    compileAfter?: number | "never";
    /** In memory when left out; `none` writes no operation anywhere, which a deployed gateway cannot be told to do. */
    databaseUrl?: string;
    redisUrl?: string;
  }>();
  if (databaseUrl === "none") writeNothing();
  const gateway = await startGateway(
    {
      ...loadConfig({
        PORT: "0",
        NODE_ENV: "test",
        UPSTREAM_SEARCHES_PER_MINUTE: "0",
        DIRECTORY_MAX_AGE_SECONDS: "0",
        LOG_LEVEL: "silent",
        RATE_LIMIT_VIEWER: "1000000",
        RATE_LIMIT_ORGANIZATION: "1000000",
        RATE_LIMIT_ADDRESS: "1000000",
      }),
      stytch: { projectId: upstream.projectId, secret: upstream.secret, baseUrl: `${upstream.url}/` },
      operatorOrganizationId: upstream.operatorOrganizationId,
      ...(databaseUrl && databaseUrl !== "none" && { databaseUrl }),
      ...(redisUrl && { redisUrl }),
    },
    {
      coalesce,
      ...(compileAfter !== undefined && { compileAfter: compileAfter === "never" ? Infinity : compileAfter }),
    },
  );
  report(`${gateway.url}/graphql`, { memory, ...createWatch() });
}

/** What a mutation costs without its intent and its outcome. */
function writeNothing(): void {
  const { openLedger } = ledgers;
  Object.assign(ledgers, {
    async openLedger(options: LedgerOptions): Promise<Ledger> {
      const ledger = await openLedger(options);
      const operations: Ledger["operations"] = {
        ...ledger.operations,
        begin: async (intent) => ({ ...intent, id: "operation-none", startedAt: new Date() }),
        finish: async () => true,
      };
      return { ...ledger, operations };
    },
  });
}

void main();
