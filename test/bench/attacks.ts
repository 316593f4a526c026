import "reflect-metadata";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { startEmulator } from "stytch-emulator";
import { CONSENT } from "./attacks/consent";
import { PROCESS } from "./attacks/process";
import { QUOTA } from "./attacks/quota";
import type { Row, Scene, Verdict } from "./attacks/row";
import { startTarget, type Target } from "./attacks/target";
import { TRUTH } from "./attacks/truth";
import { WORK } from "./attacks/work";

/**
 * Plays the attacks that once succeeded against a built gateway, from outside: `npm run build`, then
 * `npx tsx test/bench/attacks.ts [--gateway DIRECTORY] [--rows 1,2,16]`. The directory may hold an older build.
 * About three minutes; a build that does not hold takes longer.
 */
const ROWS: readonly Row[] = [...WORK, ...QUOTA, ...CONSENT, ...TRUTH, ...PROCESS].sort((a, b) => a.number - b.number);

/** Longer than any row needs: whatever still runs then is taken for held up. */
const ROW_MS = 90_000;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { gateway: { type: "string" }, rows: { type: "string" } } });
  const directory = resolve(values.gateway ?? join(__dirname, "../.."));
  const wanted = new Set(values.rows?.split(",").map(Number) ?? ROWS.map(({ number }) => number));
  const rows: Record<number, object> = {};
  for (const row of ROWS.filter(({ number }) => wanted.has(number))) {
    const { held, figure } = await play(row, directory);
    rows[row.number] = { attack: row.attack, verdict: held ? "held" : "BROKEN", figure };
    console.log(`${row.number}\t${held ? "held" : "BROKEN"}\t${row.attack}\t${figure}`);
  }
  const held = Object.values(rows).filter((row) => "verdict" in row && row.verdict === "held").length;
  console.log(`${held} of ${Object.keys(rows).length} held: ${directory}`);
}

async function play(row: Row, directory: string): Promise<Verdict> {
  const emulator = await startEmulator({ port: 0, ...row.emulator });
  const scratch = mkdtempSync(join(tmpdir(), "attack-"));
  const targets: Target[] = [];
  const environment: Scene["environment"] = (own = {}) => ({
    PORT: "0",
    NODE_ENV: "production",
    PUBLIC_URL: "https://gateway.example",
    STYTCH_PROJECT_ID: emulator.projectId,
    STYTCH_SECRET: emulator.secret,
    STYTCH_BASE_URL: `${emulator.url}/`,
    OPERATOR_ORGANIZATION_ID: emulator.operatorOrganizationId,
    DATABASE_URL: `file:${join(scratch, "ledger.db")}`,
    ...own,
  });
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  const scene: Scene = {
    emulator,
    directory,
    scratch,
    environment,
    async start(own) {
      const target = await startTarget(directory, environment(own), scratch);
      targets.push(target);
      return target;
    },
    session: async (memberId) => ({
      "x-stytch-member-session": (await emulator.mintSession({ memberId })).session_token,
    }),
    jwt: async (memberId) => bearer((await emulator.mintSession({ memberId })).session_jwt),
    service: async (scopes) => bearer(await emulator.mintM2mToken(scopes && { scopes })),
    calls() {
      const routes = emulator.requests().map(({ route, method, path }) => route ?? `${method} ${path}`);
      emulator.clearRequests();
      return routes.filter((route) => !route.includes("/jwks/"));
    },
  };
  const late = new Promise<Verdict>((end) =>
    setTimeout(() => end({ held: false, figure: `no end in ${ROW_MS / 1000} s` }), ROW_MS).unref(),
  );
  try {
    return await Promise.race([row.play(scene), late]);
  } catch (error) {
    return { held: false, figure: `could not be played: ${error instanceof Error ? error.message : error}` };
  } finally {
    await Promise.all(targets.map((target) => target.kill()));
    await emulator.stop();
    rmSync(scratch, { recursive: true, force: true });
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
