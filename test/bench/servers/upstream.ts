import { setTimeout as delay } from "node:timers/promises";
import { type SeedSize, startEmulator } from "stytch-emulator";
import { listen, readBody, readOptions, report } from "./serve";

/**
 * The emulator behind a recorder: the first answer to each request is the emulator's, later ones are replayed. The
 * emulator computes every answer, and on a machine with two cores that would be measured instead of the gateway.
 */
async function main(): Promise<void> {
  const { seed, member } = readOptions<{ seed: SeedSize; member?: string }>();
  const emulator = await startEmulator({ port: 0, seed, searchesPerMinute: 0 });
  const recorded = new Map<string, { status: number; body: Buffer }>();
  let latencyMs = 0;
  let calls = 0;

  async function ask(method: string, path: string, headers: Record<string, string>, body: string) {
    const answer = await fetch(`${emulator.url}${path}`, { method, headers, ...(body && { body }) });
    return { status: answer.status, body: Buffer.from(await answer.arrayBuffer()) };
  }

  const url = await listen(async (request, response) => {
    const { method = "GET", url: path = "/" } = request;
    const body = await readBody(request);
    // All callers hold the same credentials, so they are no part of the key.
    const key = `${method} ${path}\n${body}`;
    const { authorization = "", "content-type": type = "application/json" } = request.headers;
    const answer = recorded.get(key) ?? (await ask(method, path, { authorization, "content-type": type }, body));
    recorded.set(key, answer);
    if (!path.includes("/jwks/")) calls += 1;
    if (latencyMs > 0) await delay(latencyMs);
    response.writeHead(answer.status, { "content-type": "application/json", "content-length": answer.body.length });
    response.end(answer.body);
  });

  const questions = {
    latency: (value: unknown) => {
      latencyMs = Number(value);
    },
    calls: () => {
      const counted = calls;
      calls = 0;
      return counted;
    },
  };
  const { projectId, secret, operatorOrganizationId } = emulator;
  const session = member && (await emulator.mintSession({ memberId: member })).session_jwt;
  const token = await emulator.mintM2mToken();
  report(url, questions, { projectId, secret, operatorOrganizationId, token, session });
}

void main();
