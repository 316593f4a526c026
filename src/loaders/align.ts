import { Failure } from "../failure";

/** Ids of one search (unconfirmed: Stytch publishes no maximum), and the searches that so many ids need. */
export const MAX_IDS = 100;
export const searchesFor = (ids: number): number => Math.ceil(ids / MAX_IDS);

/** Puts records in the order of the keys, `null` where there is none. Never trusts the upstream's order. */
export function alignByKey<T>(
  keys: readonly string[],
  records: readonly T[],
  keyOf: (record: T) => string,
): (T | null)[] {
  const byKey = new Map(records.map((record) => [keyOf(record), record]));
  return keys.map((key) => byKey.get(key) ?? null);
}

/** A batch's answers where each key can fail for itself: DataLoader takes an Error in a key's place. */
export async function settle<T>(answers: readonly Promise<T>[]): Promise<(T | Error)[]> {
  const settled = await Promise.allSettled(answers);
  return settled.map((answer) => (answer.status === "fulfilled" ? answer.value : toError(answer.reason)));
}

export const toError = (reason: unknown) =>
  reason instanceof Error ? reason : new Error("A loader failed.", { cause: reason });

/** `null` when the upstream says that this object does not exist; anything else is thrown. */
export async function orNull<T>(
  object: "organization" | "member" | "connected_app",
  promise: Promise<T>,
): Promise<T | null> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof Failure && error.isStytch(`${object}_not_found`)) return null;
    throw error;
  }
}

/** `Map.groupBy`, which Node 20 does not have. */
export function groupBy<K, T>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

/** By code unit, so that every machine sorts alike. */
export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
