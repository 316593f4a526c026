import type { ApolloServerPlugin } from "@apollo/server";
import type { GatewayContext } from "../context";

/** Puts `requestId` on every error and the request's cost on every answer. Secrets may be inside, so nothing is stored. */
export const createResponsePlugin = (): ApolloServerPlugin<GatewayContext> => ({
  async requestDidStart() {
    return {
      async willSendResponse({ contextValue, response }) {
        response.http.headers.set("cache-control", "no-store");
        if (response.body.kind !== "single") return;
        const { singleResult } = response.body;
        const { limit, upstreamCalls, coalesced } = contextValue.stytch.meter;
        // Without a limit nothing ran, because the query was refused.
        const requested = Number.isFinite(limit) ? limit : upstreamCalls;
        singleResult.extensions = {
          ...singleResult.extensions,
          cost: { requested, upstreamCalls, coalesced, objects: contextValue.answer.objects },
        };
        const { leftOut } = contextValue.stytch.meter;
        if (leftOut.size > 0) singleResult.errors = [...(singleResult.errors ?? []), ...[...leftOut].map(toLeftOut)];
        if (!singleResult.errors) return;
        singleResult.errors = singleResult.errors.map((error) => ({
          ...error,
          extensions: { ...error.extensions, requestId: contextValue.requestId },
        }));
      },
    };
  },
});

const toLeftOut = ([list, count]: [list: string, count: number]) => ({
  message: `${count} of ${list} could not be shown, because Stytch's answer is not as it documents. What is shown may not be all.`,
  extensions: { code: "UPSTREAM_UNAVAILABLE" },
});
