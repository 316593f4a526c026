import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Readable } from "node:stream";
import type { Emulator } from "stytch-emulator";

const ROOT = join(__dirname, "../..");

export interface Started {
  child: ChildProcessByStdio<null, Readable, Readable>;
  /** Everything that standard output and standard error said so far. */
  said(): string;
  /** The first match in what it says; refused when it ends before. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
  /** Exit code and signal. */
  ended: Promise<unknown[]>;
}

/** Environment of a gateway in front of this emulator. */
export const inFrontOf = ({ projectId, secret, url, operatorOrganizationId }: Emulator) => ({
  STYTCH_PROJECT_ID: projectId,
  STYTCH_SECRET: secret,
  STYTCH_BASE_URL: `${url}/`,
  OPERATOR_ORGANIZATION_ID: operatorOrganizationId,
});

/** The gateway as a process of its own, with this environment and nothing else. */
export function startProcess(environment: Record<string, string>): Started {
  const child = spawn(process.execPath, ["--import", "tsx", "src/index.ts"], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      text += chunk;
      for (const listener of listeners) listener();
    });
  }
  const ended = once(child, "exit");
  return {
    child,
    said: () => text,
    says: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = pattern.exec(text);
          if (!found) return;
          listeners.delete(look);
          resolve(found);
        };
        listeners.add(look);
        ended.then(() => reject(new Error(`It ended early:\n${text}`)), reject);
        look();
      }),
    ended,
  };
}
