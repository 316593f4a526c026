import { Failure } from "../failure";
import type { Logger } from "../logger";
import type { Answer, HttpRequest, UpstreamCall } from "./call";
import { illFormed, ourFault, StytchRefusal, toCallError } from "./errors";
import { isIllFormedJson } from "./ids";
import { LackingAnswer } from "./kinds";
import type { UpstreamMeter } from "./meter";
import type { Pipeline } from "./pipeline";
import type { SdkFetch } from "./sdk-fetch";
import { mend } from "./shape";

const EMPTY_SEGMENT = /\/v1\/(?:[^?#]*\/)?(?:\/|[?#]|$)/;

/** Kept per request for the log; a page of a hundred Members needs no more to be found again. */
const MAX_REQUEST_IDS = 20;

function requestIdOf({ body }: Answer): string | undefined {
  const id: unknown = body && typeof body === "object" ? Reflect.get(body, "request_id") : undefined;
  return typeof id === "string" ? id : undefined;
}

/** The calls of one request: counted, and their errors already translated. */
export class Calls {
  constructor(
    private readonly sdkFetch: SdkFetch,
    private readonly pipeline: Pipeline,
    private readonly logger: Logger,
    readonly meter: UpstreamMeter,
  ) {}

  async run<T>(kind: "read" | "fresh read" | "write", operation: string, method: () => Promise<T>): Promise<T> {
    const call: UpstreamCall = {
      kind: kind === "write" ? "write" : "read",
      unshared: kind === "fresh read",
      operation,
      meter: this.meter,
    };
    try {
      return await this.sdkFetch.run(method, (request) => this.carry(call, request));
    } catch (error) {
      const failure = toCallError(error, call);
      const fault = ourFault(failure);
      if (fault) this.logger.error({ operation, ...failure.details }, fault);
      throw failure;
    }
  }

  /** The body of a good answer. @throws UpstreamFault or StytchRefusal */
  private async carry(call: UpstreamCall, request: HttpRequest): Promise<unknown> {
    if (request.body !== null && isIllFormedJson(request.body)) throw illFormed();
    // An id that is empty would make the path that of another endpoint.
    if (EMPTY_SEGMENT.test(request.url)) throw new Failure("NOT_FOUND");
    const answer = await this.pipeline.carry(call, request);
    const id = requestIdOf(answer);
    if (id && this.meter.stytchRequestIds.length < MAX_REQUEST_IDS) this.meter.stytchRequestIds.push(id);
    if (answer.status >= 400) throw new StytchRefusal(answer);
    this.mend(call, answer.body);
    return answer.body;
  }

  private mend({ operation }: UpstreamCall, body: unknown): void {
    try {
      mend(operation, body, {
        value: (name) => this.report(operation, name),
        record: (name) => {
          this.report(operation, name);
          this.meter.leaveOut(name);
        },
      });
    } catch (error) {
      if (error instanceof LackingAnswer) this.report(operation, error.lacking);
      throw error;
    }
  }

  /** Once for each name in the life of the process: the names are a closed set. */
  private report(operation: string, name: string): void {
    const key = `${operation} ${name}`;
    if (reported.has(key)) return;
    reported.add(key);
    this.logger.warn({ operation, name }, "Stytch answered something odd; it is shown as empty, or left out");
  }
}

/** Oddities that are in the log already. */
const reported = new Set<string>();
