import { randomBytes } from "node:crypto";

/** A place in a trace, as W3C Trace Context writes it: https://www.w3.org/TR/trace-context/#traceparent-header */
export interface Place {
  traceId: string;
  spanId: string;
  /** Whether whoever began the trace wants it recorded. */
  sampled: boolean;
}

/** Later versions may append fields; `ff` is none, and zeros name nothing. */
const TRACEPARENT = /^(?!ff)([\da-f]{2})-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})(-.*)?$/;

export function parseTraceparent(header: unknown): Place | null {
  const found = typeof header === "string" && header.length <= 200 ? TRACEPARENT.exec(header) : null;
  if (!found) return null;
  const [, version, traceId = "", spanId = "", flags = "", more] = found;
  if (version === "00" && more !== undefined) return null;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

export const formatTraceparent = ({ traceId, spanId, sampled }: Place): string =>
  `00-${traceId}-${spanId}-${sampled ? "01" : "00"}`;

export const newTraceId = (): string => randomBytes(16).toString("hex");
export const newSpanId = (): string => randomBytes(8).toString("hex");
