import { Failure, type Problem, problemsOf } from "../../failure";
import { type UserError, UserErrorCode } from "./user-error.type";

const toUserError = ({ code, field, message }: Problem): UserError => ({ code: UserErrorCode[code], field, message });

/**
 * Runs a mutation. Expected refusals become `userErrors` with nothing else in the payload; the rest is thrown. `fields`
 * says where in this mutation's input stands what the failure table calls by its usual name.
 */
export async function answer<P extends { userErrors: UserError[] }>(
  work: () => Promise<Omit<P, "userErrors">>,
  fields?: Record<string, string[]>,
): Promise<P | { userErrors: UserError[] }> {
  try {
    return { ...(await work()), userErrors: [] };
  } catch (error) {
    const problems = error instanceof Failure ? problemsOf(error, fields) : [];
    if (problems.length === 0) throw error;
    return { userErrors: problems.map(toUserError) };
  }
}
