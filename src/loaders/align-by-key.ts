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
