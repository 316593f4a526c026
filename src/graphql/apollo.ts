import "reflect-metadata";
import { ApolloServer, type ApolloServerPlugin } from "@apollo/server";
import { ApolloServerPluginCacheControlDisabled } from "@apollo/server/plugin/disabled";
import type { Logger } from "../logger";
import { LIMITS } from "./bounds/limits";
import { createTexts } from "./bounds/texts";
import type { GatewayContext } from "./context";
import { formatError } from "./format-error";
import { createExecutorPlugin } from "./plugins/executor.plugin";
import { createFaultLog } from "./plugins/fault-log.plugin";
import { createResponsePlugin } from "./plugins/response.plugin";
import { createStatusPlugin } from "./plugins/status.plugin";
import { createSchema } from "./schema";

export interface ApolloOptions {
  introspection: boolean;
  logger: Logger;
  /** What depends on the transport: draining, the landing page. */
  plugins: ApolloServerPlugin<GatewayContext>[];
  /** See `createExecutorPlugin`. */
  compileAfter?: number | undefined;
  /** See `createExecutorPlugin`. */
  onCostlyText?: ((context: GatewayContext) => void) | undefined;
}

export function createApollo({
  introspection,
  logger,
  plugins,
  compileAfter,
  onCostlyText,
}: ApolloOptions): ApolloServer<GatewayContext> {
  const schema = createSchema();
  const texts = createTexts(schema, introspection);
  return new ApolloServer<GatewayContext>({
    schema,
    introspection,
    parseOptions: { maxTokens: LIMITS.tokens },
    // Its place is taken by `texts.check`, which the executor asks first.
    dangerouslyDisableValidation: true,
    documentStore: texts.documentStore,
    allowBatchedHttpRequests: false,
    // Whoever is nobody could fill a store with texts, and its protocol's errors count as faults of ours.
    persistedQueries: false,
    formatError,
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      createFaultLog(logger),
      createExecutorPlugin({ logger, texts, onCostlyText, compileAfter }),
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
}
