import type { Attributes } from "../trace";
import type { Place } from "./traceparent";

/** `SpanKind` of the protocol: what answers a request, and what makes one. */
export const KINDS = { server: 2, client: 3 } as const;

export interface EndedSpan {
  place: Place;
  parentSpanId: string | null;
  name: string;
  kind: keyof typeof KINDS;
  /** Nanoseconds since 1970, as text: numbers of JSON would lose the last ones. */
  startedAt: string;
  endedAt: string;
  attributes: Attributes;
}

const STATUS_ERROR = 2;

/** The body of `POST /v1/traces`, OTLP 1 in JSON: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding */
export const toOtlp = (serviceName: string, spans: readonly EndedSpan[]): string =>
  JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: toAttributes({ "service.name": serviceName }) },
        scopeSpans: [{ scope: { name: "marketplace-gateway" }, spans: spans.map(toSpan) }],
      },
    ],
  });

const toSpan = ({ place, parentSpanId, name, kind, startedAt, endedAt, attributes }: EndedSpan) => ({
  traceId: place.traceId,
  spanId: place.spanId,
  ...(parentSpanId !== null && { parentSpanId }),
  name,
  kind: KINDS[kind],
  startTimeUnixNano: startedAt,
  endTimeUnixNano: endedAt,
  attributes: toAttributes(attributes),
  status: "error.type" in attributes ? { code: STATUS_ERROR } : {},
});

const toAttributes = (attributes: Attributes) =>
  Object.entries(attributes).map(([key, value]) => ({ key, value: toValue(value) }));

function toValue(value: string | number | boolean) {
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  // 64-bit integers are texts in the protocol's JSON.
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}
