import { newId } from "../ids";
import { errorBody } from "./errors";
import { Reply } from "./operation";

export type Fault =
  /** An error in the API's shape, or `body` instead of it. */
  | { kind: "status"; status: number; errorType?: string; retryAfter?: number; body?: string }
  /** Never answers. */
  | { kind: "hang" }
  /** Cuts the connection; nothing happens. */
  | { kind: "reset" }
  /** The operation happens and its answer is lost. */
  | { kind: "reset-after-effect" }
  /** Sends this text as it is, by default with status 200. */
  | { kind: "body"; body: string; status?: number }
  /** Answers properly, later. It happens after the delay, or with `afterEffect` before it. */
  | { kind: "delay"; ms: number; afterEffect?: boolean };

export interface FaultRule {
  /** As the request log names it (`POST /v1/b2b/organizations/search`), or `*`. */
  route: string;
  fault: Fault;
  /** How many requests it hits; 1 by default. */
  times?: number;
}

export interface Faults {
  inject(rule: FaultRule): void;
  clear(): void;
  /** Those that are still to come; `times` is how many requests each has left. */
  list(): Required<FaultRule>[];
  /** The fault for this request, if any; counts it. The oldest matching rule goes first. */
  take(route: string): Fault | null;
}

export function createFaults(): Faults {
  let rules: { route: string; fault: Fault; left: number }[] = [];
  return {
    inject: ({ route, fault, times = 1 }) => {
      rules.push({ route, fault, left: times });
    },
    clear: () => {
      rules = [];
    },
    list: () => rules.map(({ route, fault, left }) => ({ route, fault, times: left })),
    take: (route) => {
      const rule = rules.find((candidate) => candidate.route === "*" || candidate.route === route);
      if (!rule) return null;
      rule.left -= 1;
      if (rule.left <= 0) rules = rules.filter((other) => other !== rule);
      return rule.fault;
    },
  };
}

export function faultReply(fault: Extract<Fault, { kind: "status" | "body" }>): Reply {
  const headers: Record<string, string> = { "content-type": "application/json" };
  const { status = 200, body } = fault;
  if (fault.kind === "body") return new Reply(status, headers, fault.body);
  if (fault.retryAfter !== undefined) headers["retry-after"] = String(fault.retryAfter);
  const errorType = fault.errorType ?? (status === 429 ? "too_many_requests" : "internal_server_error");
  return new Reply(status, headers, body ?? errorBody(status, newId("request-id"), errorType, "Injected fault."));
}
