/** Fields of one object among a request's variables. The widest input of the schema has about 20. */
export const MAX_FIELDS = 100;

/** graphql-js writes a wrong value out for each of its errors, with all fields of an object: so before it looks at them. */
export function hasWideObject(variables: Record<string, unknown>): boolean {
  const rest: unknown[] = Object.values(variables);
  while (rest.length > 0) {
    const value = rest.pop();
    if (typeof value !== "object" || value === null) continue;
    const inner: unknown[] = Object.values(value);
    if (!Array.isArray(value) && inner.length > MAX_FIELDS) return true;
    for (const item of inner) rest.push(item);
  }
  return false;
}
