import type { ApolloServerPlugin } from "@apollo/server";
import type { Logger } from "../../logger";
import type { GatewayContext } from "../context";
import { logFault } from "../format-error";

/** Writes down the faults of what Apollo runs itself, with the request's id; the executor does so for what it runs. */
export const createFaultLog = (logger: Logger): ApolloServerPlugin<GatewayContext> => ({
  async requestDidStart() {
    return {
      async didEncounterErrors({ contextValue, errors }) {
        for (const error of errors) logFault(logger, contextValue.requestId, error);
      },
    };
  },
  async unexpectedErrorProcessingRequest({ requestContext, error }) {
    logFault(logger, requestContext.contextValue.requestId, error);
  },
});
