import type { TestGateway } from "./gateway";
import { type Answer, post } from "./post";

export type Json = Record<string, unknown>;
export type Headers = Record<string, string>;

/** What Stytch answers in truth. */
export async function askStytch({ emulator }: TestGateway, method: string, path: string, body?: Json): Promise<Json> {
  const { url, projectId, secret } = emulator;
  const authorization = `Basic ${Buffer.from(`${projectId}:${secret}`).toString("base64")}`;
  const headers = { authorization, "content-type": "application/json" };
  const response = await fetch(url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  return (await response.json()) as Json;
}

/** Asks while one call of this route is answered so. */
export async function askWhile(
  gateway: TestGateway,
  route: string,
  body: Json,
  headers: Headers,
  query: string,
): Promise<Answer> {
  gateway.emulator.faults.inject({ route, fault: { kind: "body", body: JSON.stringify(body) } });
  const answer = await post(gateway.url, headers, query);
  gateway.emulator.faults.clear();
  return answer;
}

export const at = (value: unknown, path: readonly string[]): unknown =>
  path.reduce(
    (found, key) => (typeof found === "object" && found !== null ? Reflect.get(found, key) : undefined),
    value,
  );
export const put = (body: Json, path: readonly string[], value: unknown): Json => {
  const copy = structuredClone(body);
  const holder = at(copy, path.slice(0, -1));
  if (typeof holder !== "object" || holder === null) throw new Error(`Nothing is at ${path.join(".")}.`);
  Reflect.set(holder, path.at(-1) ?? "", value);
  return copy;
};
