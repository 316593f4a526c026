/** What is known of a span. Never a secret, and never an id of a person. */
export type Attributes = Record<string, string | number | boolean>;

/** One piece of work in a trace. `error.type` among its attributes says that it failed. */
export interface Span {
  readonly traceId: string;
  /** Names this span to whoever is called for it (https://www.w3.org/TR/trace-context/). */
  readonly traceparent: string;
  child(name: string, attributes: Attributes): Span;
  rename(name: string): void;
  set(attributes: Attributes): void;
  end(): void;
}

export interface Tracer {
  /** The span of one request: a child of what its `traceparent` header names, or the root of a new trace. */
  begin(name: string, traceparent: unknown, attributes: Attributes): Span;
  /** Sends what is left, within a second. */
  stop(): Promise<void>;
}
