import { ApolloServer, type ApolloServerPlugin } from "@apollo/server";
import { ApolloServerPluginCacheControlDisabled } from "@apollo/server/plugin/disabled";
import type { Logger } from "../logger";
import type { GatewayContext } from "./context";
import { createCostPlugin } from "./cost.plugin";
import { createFormatError } from "./format-error";
import { LIMITS, limitRules } from "./limits";
import { createResponsePlugin } from "./response.plugin";
import { createSchema } from "./schema";
import { createStatusPlugin } from "./status.plugin";

export interface ApolloOptions {
  introspection: boolean;
  logger: Logger;
  /** What depends on the transport: draining, the landing page. */
  plugins: ApolloServerPlugin<GatewayContext>[];
}

export const createApollo = ({ introspection, logger, plugins }: ApolloOptions): ApolloServer<GatewayContext> =>
  new ApolloServer<GatewayContext>({
    schema: createSchema(),
    introspection,
    parseOptions: { maxTokens: LIMITS.tokens },
    validationRules: limitRules,
    allowBatchedHttpRequests: false,
    // Suggestions in validation errors would give back the schema that switched-off introspection hides.
    hideSchemaDetailsFromClientErrors: !introspection,
    formatError: createFormatError(logger),
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      createCostPlugin(),
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
