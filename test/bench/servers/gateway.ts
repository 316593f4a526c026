import { join } from "node:path";
import { loadConfig } from "../../../src/config";
import type { Upstream } from "../child";
import { memory, readOptions, report } from "./serve";

/** The built gateway, as it is deployed. */
const { startGateway }: typeof import("../../../src/gateway") = require(join(__dirname, "../../../dist/gateway.js"));

async function main(): Promise<void> {
  const { upstream, coalesce } = readOptions<{ upstream: Upstream; coalesce: boolean }>();
  const gateway = await startGateway(
    {
      ...loadConfig({ PORT: "0", NODE_ENV: "test", LOG_LEVEL: "silent" }),
      stytch: { projectId: upstream.projectId, secret: upstream.secret, baseUrl: `${upstream.url}/` },
      operatorOrganizationId: upstream.operatorOrganizationId,
    },
    { coalesce },
  );
  report(`${gateway.url}/graphql`, { memory });
}

void main();
