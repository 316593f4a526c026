import type { Emulator, EmulatorOptions } from "stytch-emulator";
import type { Body, Reply, Target } from "./target";

export interface Verdict {
  held: boolean;
  /** What was measured. */
  figure: string;
}

/** What one attack is played on. Everything in it is ended afterwards. */
export interface Scene {
  readonly emulator: Emulator;
  /** Where the gateway's build is. */
  readonly directory: string;
  /** A fresh directory. */
  readonly scratch: string;
  /** What a gateway is started with, in production before the emulator; `own` goes on top. */
  environment(own?: Record<string, string>): Record<string, string>;
  start(own?: Record<string, string>): Promise<Target>;
  /** Credentials of a Member by its id; new ones each time. */
  session(memberId: string): Promise<Record<string, string>>;
  jwt(memberId: string): Promise<Record<string, string>>;
  service(scopes?: string[]): Promise<Record<string, string>>;
  /** Calls of Stytch since the last look, without key sets. */
  calls(): string[];
}

export interface Row {
  number: number;
  attack: string;
  emulator?: EmulatorOptions;
  play(scene: Scene): Promise<Verdict>;
}

export const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

export const waitFor = async (isTrue: () => boolean | Promise<boolean>, milliseconds: number): Promise<boolean> => {
  const until = performance.now() + milliseconds;
  while (!(await isTrue())) {
    if (performance.now() > until) return false;
    await pause(20);
  }
  return true;
};

export const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** How long everybody else waits meanwhile: the slowest answer of a probe that is asked every 50 ms. */
export function startPulse({ get }: Target): { stop(): Promise<number> } {
  let worst = 0;
  let isOn = true;
  const beating = (async () => {
    while (isOn) {
      worst = Math.max(worst, (await get("/livez")).ms);
      await pause(50);
    }
  })();
  return {
    async stop() {
      isOn = false;
      await beating;
      return Math.round(worst);
    },
  };
}

export interface Bounds {
  cpuMs: number;
  pulseMs: number;
  grownMb: number;
}

/** Sends requests one after the other, and looks at what they did to the process. The first that has no answer ends it. */
export async function strain(
  target: Target,
  requests: [Body, Record<string, string>][],
  bounds: Bounds,
): Promise<Verdict> {
  const before = target.rssMb();
  let worst = 0;
  let reply: Reply | undefined;
  const pulse = startPulse(target);
  for (const [body, headers] of requests) {
    const cpu = target.cpuMs();
    reply = await target.ask(body, headers);
    worst = Math.max(worst, target.cpuMs() - cpu);
    if (reply.status === 0) break;
  }
  const died = !target.isAlive();
  const grown = Math.max(0, target.peakRssMb() - before);
  const late = await pulse.stop();
  const answered = reply !== undefined && reply.status !== 0;
  const end = died ? "the process died" : answered ? "answered" : "no answer in 5 s";
  const isWithin = worst <= bounds.cpuMs && late <= bounds.pulseMs && grown <= bounds.grownMb;
  const figure = `${end}; ${worst} ms CPU, others waited ${late} ms, +${grown} MB`;
  return { held: answered && !died && isWithin, figure };
}

export const all = (verdicts: Verdict[]): Verdict => ({
  held: verdicts.every(({ held }) => held),
  figure: verdicts.map(({ figure }) => figure).join(" / "),
});
