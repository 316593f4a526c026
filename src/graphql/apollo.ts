import "reflect-metadata";
import { ApolloServer, type ApolloServerPlugin } from "@apollo/server";
import { ApolloServerPluginCacheControlDisabled } from "@apollo/server/plugin/disabled";
import type { Logger } from "../logger";
import type { GatewayContext } from "./context";
import { createCostPlugin } from "./cost.plugin";
import { createExecutorPlugin } from "./executor.plugin";
import { createFaultLog } from "./fault-log.plugin";
import { formatError } from "./format-error";
import { LIMITS, limitRules } from "./limits";
import { createResponsePlugin } from "./response.plugin";
import { createSchema } from "./schema";
import { createStatusPlugin } from "./status.plugin";

export interface ApolloOptions {
  introspection: boolean;
  logger: Logger;
  /** What depends on the transport: draining, the landing page. */
  plugins: ApolloServerPlugin<GatewayContext>[];
  /** See `createExecutorPlugin`. */
  compileAfter?: number | undefined;
}

export const createApollo = ({
  introspection,
  logger,
  plugins,
  compileAfter,
}: ApolloOptions): ApolloServer<GatewayContext> =>
  new ApolloServer<GatewayContext>({
    schema: createSchema(),
    introspection,
    parseOptions: { maxTokens: LIMITS.tokens },
    validationRules: limitRules,
    allowBatchedHttpRequests: false,
    // Suggestions in validation errors would give back the schema that switched-off introspection hides.
    hideSchemaDetailsFromClientErrors: !introspection,
    formatError,
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      createCostPlugin(),
      createFaultLog(logger),
      createExecutorPlugin(logger, compileAfter),
      createResponsePlugin(),
      createStatusPlugin(),
      ...plugins,
    ],
    // Stack traces would travel in `extensions` otherwise.
    nodeEnv: "production",
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    logger,
  });
