import type { IncomingHttpHeaders } from "node:http";

export interface RecordedRequest {
  /** `POST /v1/b2b/organizations/search`, with `:names`; `null` for an unknown route. */
  route: string | null;
  method: string;
  /** As sent, still percent-encoded. */
  path: string;
  query: Record<string, string>;
  headers: IncomingHttpHeaders;
  /** Parsed; the text as it came when it cannot be. */
  body: unknown;
  /** `null` while it runs, and for good when the connection was cut without an answer. */
  status: number | null;
}

/** The oldest requests are dropped beyond this, so that a long demo does not grow. */
const CAPACITY = 10_000;

export class RequestLog {
  private entries: RecordedRequest[] = [];

  add(entry: RecordedRequest): void {
    this.entries.push(entry);
    if (this.entries.length >= 2 * CAPACITY) this.entries = this.entries.slice(-CAPACITY);
  }

  list(route?: string): RecordedRequest[] {
    return this.entries.filter((entry) => route === undefined || entry.route === route);
  }

  clear(): void {
    this.entries = [];
  }
}
