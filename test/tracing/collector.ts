import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { z } from "zod";

const Value = z.union([
  z.strictObject({ stringValue: z.string() }),
  z.strictObject({ intValue: z.string().regex(/^-?\d+$/) }),
  z.strictObject({ doubleValue: z.number() }),
  z.strictObject({ boolValue: z.boolean() }),
]);
const Attributes = z.array(z.strictObject({ key: z.string(), value: Value }));
const hex = (digits: number) => z.string().regex(new RegExp(`^[\\da-f]{${digits}}$`));
const nanoseconds = z.string().regex(/^\d{19}$/);

/** OTLP 1 in JSON, as far as traces go (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding). */
const Traces = z.strictObject({
  resourceSpans: z.array(
    z.strictObject({
      resource: z.strictObject({ attributes: Attributes }),
      scopeSpans: z.array(
        z.strictObject({
          scope: z.strictObject({ name: z.string() }),
          spans: z.array(
            z.strictObject({
              traceId: hex(32),
              spanId: hex(16),
              parentSpanId: hex(16).optional(),
              name: z.string(),
              kind: z.int().min(1).max(5),
              startTimeUnixNano: nanoseconds,
              endTimeUnixNano: nanoseconds,
              attributes: Attributes,
              status: z.strictObject({ code: z.int().optional() }),
            }),
          ),
        }),
      ),
    }),
  ),
});

export interface Received {
  traceId: string;
  spanId: string;
  parentSpanId: string | undefined;
  name: string;
  kind: number;
  startedAt: bigint;
  endedAt: bigint;
  failed: boolean;
  attributes: Record<string, unknown>;
}

/** An OTLP/HTTP receiver. It refuses what is not in the protocol's form. */
export async function startCollector() {
  const bodies: string[] = [];
  const requests: { path: string | undefined; headers: NodeJS.Dict<string | string[]>; status: number }[] = [];
  /** Answered in this order; 200 when there is none. */
  const statuses: number[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const isGood = Traces.safeParse(JSON.parse(body)).success && request.url === "/base/v1/traces";
    const status = isGood ? (statuses.shift() ?? 200) : 400;
    if (status === 200) bodies.push(body);
    requests.push({ path: request.url, headers: request.headers, status });
    response.writeHead(status, { "content-type": "application/json" }).end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/base/`,
    bodies,
    requests,
    statuses,
    spans: (): Received[] =>
      bodies.flatMap((body) =>
        Traces.parse(JSON.parse(body)).resourceSpans.flatMap(({ scopeSpans }) =>
          scopeSpans.flatMap(({ spans }) =>
            spans.map((span) => ({
              traceId: span.traceId,
              spanId: span.spanId,
              parentSpanId: span.parentSpanId,
              name: span.name,
              kind: span.kind,
              startedAt: BigInt(span.startTimeUnixNano),
              endedAt: BigInt(span.endTimeUnixNano),
              failed: span.status.code === 2,
              attributes: Object.fromEntries(span.attributes.map(({ key, value }) => [key, Object.values(value)[0]])),
            })),
          ),
        ),
      ),
    stop: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}
