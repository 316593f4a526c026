import { setTimeout as sleep } from "node:timers/promises";
import { type Emulator, type Fault, startEmulator } from "stytch-emulator";
import { noteWrites, readBooks } from "./books";
import { type ChildOptions, type GatewayChild, startChild } from "./children";
import { createWorkshop, DEED_KINDS, type Deed } from "./deeds";
import { type Account, judge } from "./kill-verdict";
import { WRITE_ROUTES, writeOf } from "./stytch-writes";

/** When the gateway is killed, with several mutations on their way. */
export const STEPS = {
  /** A few milliseconds after they were sent: most have no intent yet. */
  sent: "before the intent",
  /** Stytch has them and does nothing yet; what it does comes after the death. */
  delayed: "after the intent, before Stytch's effect",
  /** Stytch has done them and says nothing. */
  unanswered: "after Stytch's effect, before its answer",
  /** Stytch has done them and cuts the connection: some outcomes are written as UNKNOWN. */
  lost: "after Stytch's effect, its answer lost",
  /** Stytch has answered: some outcomes are being written. */
  answered: "after Stytch's answer",
  /** Callers have their answers. */
  finished: "after the outcome",
  /** As `unanswered`; then the next one is killed while it settles. */
  settling: "while the sweeper asks Stytch",
  /** As `finished`; then, when rotations are due, the next one is killed while it completes them. */
  completing: "while the gateway completes a rotation",
} as const;
export type Step = keyof typeof STEPS;

export interface KillTotals {
  kills: number;
  deeds: number;
  /** What became of each part of them, and of each completion by the gateway itself. */
  fates: Record<string, number>;
  events: number;
}

/** More than the minute after which an operation's process is taken for dead, and than its leases. */
const JUMP_MS = 61_000;
const BOUND_MS = 30_000;

/** Waits for what other processes do, a millisecond at a time. */
async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + BOUND_MS;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`It did not come to this: ${what}`);
    await sleep(1);
  }
}

const upTo = (count: number) => Math.floor(Math.random() * (count + 1));

const ROTATE = "POST /v1/connected_apps/clients/:client_id/secrets/rotate";

/** Tells of how many requests the answer was cut off. */
function injectFaults(emulator: Emulator, step: Step): () => number {
  const fault = FAULTS[step];
  if (!fault) return () => 0;
  for (const route of WRITE_ROUTES) emulator.faults.inject({ route, times: 3, fault });
  const injected = 3 * WRITE_ROUTES.length;
  const left = () => emulator.faults.list().reduce((sum, { times }) => sum + times, 0);
  return () => (fault.kind === "reset-after-effect" ? injected - left() : 0);
}

const FAULTS: Partial<Record<Step, Fault>> = {
  delayed: { kind: "delay", ms: 300 },
  unanswered: { kind: "delay", ms: 300, afterEffect: true },
  settling: { kind: "delay", ms: 300, afterEffect: true },
  lost: { kind: "reset-after-effect" },
};

export interface KillRounds {
  /** Sends one mutation of every kind at once, kills the gateway at this step, starts it again, and checks every one of them. */
  kill(step: Step): Promise<void>;
  /** Lets the gateway's own work come to its end, and checks everything once more. */
  finish(): Promise<KillTotals>;
  stop(): Promise<void>;
}

export async function startKillRounds(options: Pick<ChildOptions, "databaseUrl">): Promise<KillRounds> {
  const emulator = await startEmulator({ port: 0, searchesPerMinute: 0 });
  let aheadMs = 0;
  const start = () => startChild(emulator, { ...options, aheadMs });
  let gateway: GatewayChild = await start();
  const now = () => Date.now() + aheadMs;
  const workshop = createWorkshop(emulator, now);
  const account: Account = { deeds: [], acknowledged: new Set(), writes: new Map(), events: [], fates: {} };
  let kills = 0;

  async function die(): Promise<void> {
    await gateway.kill();
    kills++;
  }

  /** Later: what Stytch was still doing is done, and a minute has passed. */
  async function restart(cut: number, laterMs = JUMP_MS, isHealed = true): Promise<void> {
    await until("Stytch is quiet", () => emulator.requests().filter(({ status }) => status === null).length <= cut);
    if (isHealed) emulator.faults.clear();
    noteWrites(account.writes, emulator);
    aheadMs += laterMs;
    gateway = await start();
  }

  const shows = async (figure: string) =>
    (await (await fetch(`${gateway.url}/metrics`)).text()).split("\n").includes(figure);
  const settled = () => until("nothing is open any more", () => shows("gateway_ledger_open_operations 0"));

  const check = (deeds: readonly Deed[], last = false) =>
    readBooks(options.databaseUrl, now, async (books) => {
      if (books.verdict.breaks.length > 0) throw new Error(JSON.stringify(books.verdict.breaks));
      account.events = books.events;
      await judge(account, deeds, books, { last });
    });

  async function repeat(deeds: readonly Deed[]): Promise<void> {
    const token = await emulator.mintM2mToken();
    for (const { requestId, repeat: again } of deeds) {
      if (again && !(await again(gateway.url, token))) throw new Error(`${requestId}: its repeat was refused`);
    }
    await settled();
    noteWrites(account.writes, emulator);
  }

  return {
    async kill(step) {
      await settled();
      const token = await emulator.mintM2mToken();
      const deeds: Deed[] = [];
      for (const kind of DEED_KINDS) deeds.push(await workshop.prepare(kind, gateway.url, token));
      account.deeds.push(...deeds);
      // The gateway may have completed rotations meanwhile.
      noteWrites(account.writes, emulator);

      const cut = injectFaults(emulator, step);
      let answers = 0;
      const sent = deeds.map((deed) =>
        deed.send().then(
          (isDone) => {
            answers++;
            if (isDone) account.acknowledged.add(deed.requestId);
          },
          () => undefined,
        ),
      );
      // Not all of them ask Stytch.
      const some = 3 + upTo(deeds.length - 4);
      const writes = () => emulator.requests().filter((request) => writeOf(request));
      if (step === "sent") await sleep(upTo(25));
      else if (step === "finished" || step === "completing") await until("callers have answers", () => answers >= some);
      else if (step === "answered")
        await until("Stytch has answered", () => writes().filter(({ status }) => status !== null).length >= some);
      else await until("Stytch has them", () => writes().length >= some);
      if (step === "answered" || step === "lost") await sleep(upTo(8));
      await die();
      await Promise.all(sent);

      if (step === "settling") {
        const reads = { route: "GET /v1/connected_apps/clients/:client_id", times: 1000 };
        await restart(cut());
        emulator.faults.inject({ ...reads, fault: { kind: "delay", ms: 200 } });
        await until("the sweeper asks", () => emulator.requests().some(({ method }) => method === "GET"));
        await die();
      }
      if (step === "completing") {
        emulator.faults.inject({ route: ROTATE, times: 1000, fault: { kind: "delay", ms: 200, afterEffect: true } });
        await restart(cut(), 8 * JUMP_MS, false);
        await until("the gateway completes one", async () => {
          return emulator.requests(ROTATE).length > 0 || (await shows('gateway_secret_rotations{state="due"} 0'));
        });
        await die();
      }
      // After a completion, when its lease is over as well: then who looks first must not matter.
      await restart(cut(), step === "completing" ? 3 * JUMP_MS : JUMP_MS);
      await settled();
      noteWrites(account.writes, emulator);
      await check(deeds);
      // By then the time of a rotation has come, and its repeat would be another question.
      if (step !== "completing") await repeat(deeds);
    },

    async finish() {
      // The time of every rotation comes, and the pauses after tries that failed.
      await gateway.kill();
      await restart(0, 20 * JUMP_MS);
      await until("no rotation is due", () => shows('gateway_secret_rotations{state="scheduled"} 0'));
      await settled();
      noteWrites(account.writes, emulator);
      await check(account.deeds, true);
      return { kills, deeds: account.deeds.length, fates: account.fates, events: account.events.length };
    },

    async stop() {
      await gateway.kill();
      await emulator.stop();
    },
  };
}
