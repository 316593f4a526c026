import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Emulator, startEmulator } from "stytch-emulator";
import { codeOf, post } from "../support/post";
import { inFrontOf, startProcess } from "../support/process";

const UPDATE = "PUT /v1/b2b/organizations/:organization_id";
/** Many clients wait for 10 s. */
const PATIENCE_MS = 10_000;

async function start(emulator: Emulator, folder: string) {
  const { child, says, ended } = startProcess({
    PORT: "0",
    NODE_ENV: "test",
    DATABASE_URL: `file:${join(folder, "ledger.db")}`,
    ...inFrontOf(emulator),
  });
  const [, url = ""] = await says(/listening at (http:\/\/127\.0\.0\.1:\d+)/);
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    await ended;
  };
  return { url, end };
}

test("a gateway that is killed in the middle of a policy's change does not keep the next one waiting for long", async () => {
  const folder = mkdtempSync(join(tmpdir(), "ledger-"));
  const emulator = await startEmulator({ port: 0, searchesPerMinute: 0 });
  const { session_jwt } = await emulator.mintSession({ memberId: emulator.seeded.people.adminId });
  const change = (url: string) =>
    post(
      url,
      { authorization: `Bearer ${session_jwt}` },
      "mutation { updateConnectedAppPolicy(input: { thirdParty: { mode: ALL_ALLOWED } }) { userErrors { code } } }",
    );
  const first = await start(emulator, folder);
  emulator.faults.inject({ route: UPDATE, fault: { kind: "hang" } });
  const lost = change(first.url).catch(() => undefined);
  for (const until = performance.now() + 20_000; emulator.requests(UPDATE).length === 0; ) {
    if (performance.now() > until) throw new Error("Stytch was not asked.");
    await new Promise(setImmediate);
  }
  await first.end("SIGKILL");
  await lost;
  emulator.faults.clear();

  const second = await start(emulator, folder);
  try {
    const asked = performance.now();
    const answer = await change(second.url);
    expect(performance.now() - asked).toBeLessThan(PATIENCE_MS);
    expect([codeOf(answer), answer.data]).toEqual([undefined, { updateConnectedAppPolicy: { userErrors: [] } }]);
  } finally {
    await second.end("SIGTERM");
    await emulator.stop();
    rmSync(folder, { recursive: true });
  }
}, 60_000);
