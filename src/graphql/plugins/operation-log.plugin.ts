import type { ApolloServerPlugin } from "@apollo/server";
import { type GraphQLSchema, Kind, type OperationDefinitionNode } from "graphql";
import type { Logger } from "../../logger";
import type { Metrics } from "../../metrics";
import type { UpstreamMeter } from "../../stytch/meter";
import type { Span } from "../../trace";
import type { GatewayContext } from "../context";

/** Characters of a client's own operation name that a log line carries. */
const MAX_NAME = 100;

/** One access line and one measurement per operation. No argument is logged. */
export const createOperationLog = (logger: Logger, metrics: Metrics): ApolloServerPlugin<GatewayContext> => ({
  async requestDidStart() {
    const started = performance.now();
    return {
      async willSendResponse(request) {
        const { contextValue, operation, operationName, response } = request;
        const { caller, requestId, stytch } = contextValue;
        const { errors } = response.body.kind === "single" ? response.body.singleResult : {};
        const code = errors ? String(errors[0]?.extensions?.code) : "OK";
        const label = operation ? labelOf(request.schema, operation) : "invalid";
        const seconds = (performance.now() - started) / 1000;
        metrics.operations.inc({ operation: label, code });
        if (stytch.meter.span) describe(stytch.meter.span, request.operation?.operation, label, code, stytch.meter);
        metrics.operationSeconds.observe({ operation: label }, seconds);
        if (!logger.isLevelEnabled("info")) return;
        logger.info(
          {
            requestId,
            ...(stytch.meter.span && { traceId: stytch.meter.span.traceId }),
            ...caller.describe(),
            operation: label,
            operationName: operationName?.slice(0, MAX_NAME),
            code,
            errors: errors?.length ?? 0,
            milliseconds: Math.round(seconds * 1000),
            // Unset when the operation was refused before its cost was known.
            ...(Number.isFinite(stytch.meter.limit) && { requested: stytch.meter.limit }),
            upstreamCalls: stytch.meter.upstreamCalls,
            coalesced: stytch.meter.coalesced,
            stytchRequestIds: stytch.meter.stytchRequestIds,
          },
          "operation",
        );
      },
    };
  },
});

/** Of a client's own names nothing: it may put anything into them. */
function describe(span: Span, kind: string | undefined, label: string, code: string, meter: UpstreamMeter): void {
  span.rename(kind ? `${kind} ${label}` : label);
  span.set({
    ...(kind && { "graphql.operation.type": kind }),
    "gateway.operation": label,
    "gateway.code": code,
    "gateway.upstream_calls": meter.upstreamCalls,
    "gateway.coalesced": meter.coalesced,
    ...(Number.isFinite(meter.limit) && { "gateway.requested": meter.limit }),
    ...(code !== "OK" && { "error.type": code }),
  });
}

const META_FIELDS = new Set(["__schema", "__type", "__typename"]);

/** The root field's name if the schema has it: a closed set, fit for a metric, whatever a text says. */
function labelOf(schema: GraphQLSchema, { operation, selectionSet: { selections } }: OperationDefinitionNode): string {
  const [first, ...others] = selections;
  if (first?.kind !== Kind.FIELD || others.length > 0) return "several";
  const { value: name } = first.name;
  return META_FIELDS.has(name) || schema.getRootType(operation)?.getFields()[name] ? name : "invalid";
}
