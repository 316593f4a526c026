import { Failure } from "../failure";

/** What says that the caller may not do this at all, whatever it asks for. */
const FINAL = new Set(["FORBIDDEN", "NOT_FOUND"]);

/**
 * Scarce questions of one request. The first of a kind goes alone; if it is refused for lack of permission, so are all
 * that wait for it, and none is sent: thirty aliases of a list that the caller may not read cost one call.
 */
export class Refusals {
  readonly #first = new Map<string, Promise<Failure | null>>();

  /** `kind` names the permission that Stytch decides on. */
  async ask<T>(kind: string, question: () => Promise<T>): Promise<T> {
    const first = this.#first.get(kind);
    if (first) {
      const refusal = await first;
      if (refusal) throw refusal;
      return question();
    }
    const answer = question();
    const refusalOf = (error: unknown) => (error instanceof Failure && FINAL.has(error.code) ? error : null);
    this.#first.set(
      kind,
      answer.then(() => null, refusalOf),
    );
    return answer;
  }
}
