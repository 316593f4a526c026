import type { Attributes, Span, Tracer } from "../trace";
import { type Exporter, type ExporterOptions, startExporter } from "./exporter";
import type { EndedSpan } from "./otlp";
import { formatTraceparent, newSpanId, newTraceId, type Place, parseTraceparent } from "./traceparent";

/** Nanoseconds since 1970 of a moment of `performance.now()`, whose parts are exact as numbers only by themselves. */
const unixNano = (moment: number): string =>
  String(BigInt(Math.round(performance.timeOrigin * 1000)) * 1000n + BigInt(Math.round(moment * 1000)) * 1000n);

class RecordedSpan implements Span {
  private readonly startedAt = performance.now();
  private isEnded = false;

  constructor(
    private readonly exporter: Exporter,
    private readonly place: Place,
    private readonly parentSpanId: string | null,
    private readonly kind: EndedSpan["kind"],
    private name: string,
    private attributes: Attributes,
  ) {}

  get traceId(): string {
    return this.place.traceId;
  }

  get traceparent(): string {
    return formatTraceparent(this.place);
  }

  child(name: string, attributes: Attributes): Span {
    const place = { ...this.place, spanId: newSpanId() };
    return new RecordedSpan(this.exporter, place, this.place.spanId, "client", name, attributes);
  }

  rename(name: string): void {
    this.name = name;
  }

  set(attributes: Attributes): void {
    this.attributes = { ...this.attributes, ...attributes };
  }

  end(): void {
    if (this.isEnded) return;
    this.isEnded = true;
    // Whoever began the trace does not want it: its id goes on, and nothing is recorded.
    if (!this.place.sampled) return;
    const { place, parentSpanId, name, kind, attributes } = this;
    const [startedAt, endedAt] = [unixNano(this.startedAt), unixNano(performance.now())];
    this.exporter.add({ place, parentSpanId, name, kind, startedAt, endedAt, attributes });
  }
}

/** Every request is recorded, but for those whose caller says that its trace is not. */
export function startTracer(options: ExporterOptions): Tracer {
  const exporter = startExporter(options);
  return {
    begin(name, traceparent, attributes) {
      const parent = parseTraceparent(traceparent);
      const place = { ...(parent ?? { traceId: newTraceId(), sampled: true }), spanId: newSpanId() };
      return new RecordedSpan(exporter, place, parent?.spanId ?? null, "server", name, attributes);
    },
    stop: () => exporter.stop(),
  };
}
