import { join } from "node:path";
import { loadConfig } from "../../../src/config";
import type { Upstream } from "../child";
import { memory, readOptions, report } from "./serve";
import { createWatch } from "./watch";

/** The built gateway, as it is deployed. */
const { startGateway }: typeof import("../../../src/gateway") = require(join(__dirname, "../../../dist/gateway.js"));

async function main(): Promise<void> {
  const { upstream, coalesce, compileAfter } = readOptions<{
    upstream: Upstream;
    coalesce: boolean;
    /** Infinity is not JSON. */
    compileAfter?: number | "never";
  }>();
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
    },
    {
      coalesce,
      ...(compileAfter !== undefined && { compileAfter: compileAfter === "never" ? Infinity : compileAfter }),
    },
  );
  report(`${gateway.url}/graphql`, { memory, ...createWatch() });
}

void main();
