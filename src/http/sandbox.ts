import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ApolloServerPlugin } from "@apollo/server";
import { ApolloServerPluginLandingPageDisabled } from "@apollo/server/plugin/disabled";
import { ApolloServerPluginLandingPageLocalDefault } from "@apollo/server/plugin/landingPage/default";
import type { GatewayContext } from "../graphql/context";

const OPERATIONS = join(__dirname, "../../schema/operations");

/** Apollo Sandbox on `GET /graphql`, opened with the example operations and a credential filled in. */
export function createSandbox(enabled: boolean, headers: Record<string, string>): ApolloServerPlugin<GatewayContext> {
  if (!enabled) return ApolloServerPluginLandingPageDisabled();
  const files = readdirSync(OPERATIONS).sort();
  const document = files.map((file) => readFileSync(join(OPERATIONS, file), "utf8").trim()).join("\n\n");
  return ApolloServerPluginLandingPageLocalDefault({
    document,
    headers,
    includeCookies: true,
    embed: { runTelemetry: false, initialState: { pollForSchemaUpdates: false } },
  });
}
