import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** What the upstream process says about itself. */
export interface Upstream {
  url: string;
  projectId: string;
  secret: string;
  operatorOrganizationId: string;
  /** Of an operator service. */
  token: string;
}

export interface Server<Facts = { url: string }> {
  facts: Facts;
  ask(question: string, value?: unknown): Promise<unknown>;
  stop(): Promise<void>;
}

export type ServerName = "upstream" | "gateway" | "textbook" | "plain-apollo" | "floor";

/** What `npm start` gives the gateway, for every server alike: the comparison is about their code. */
export const MEMORY = ["--max-semi-space-size=64", "--no-allocation-site-pretenuring"];

const hasTaskset = spawnSync("taskset", ["--version"]).error === undefined;

/** Starts one server in its own process, held to one core where the system can do that; of another checkout, if one is named. */
export async function start<Facts = { url: string }>(
  name: ServerName,
  core: number,
  options: object = {},
  checkout = join(__dirname, "../.."),
): Promise<Server<Facts>> {
  const node = [
    ...(process.env.XARGS ? process.env.XARGS.split(" ") : []),
    "--import",
    "tsx",
    "--expose-gc",
    "--no-warnings",
    ...MEMORY,
  ];
  const script = [...node, join(checkout, `test/bench/servers/${name}.ts`), JSON.stringify(options)];
  const [command, args] = hasTaskset
    ? ["taskset", ["-c", String(core), process.execPath, ...script]]
    : [process.execPath, script];
  const child = spawn(command, args, { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  return {
    facts: await message<Facts>(child),
    ask: async (question, value) => {
      child.send({ question, value });
      return (await message<{ answer: unknown }>(child)).answer;
    },
    stop: async () => {
      const exited = once(child, "exit");
      child.disconnect();
      await exited;
    },
  };
}

async function message<T>(child: ChildProcess): Promise<T> {
  const ended = new AbortController();
  try {
    const { signal } = ended;
    const stopped = once(child, "exit", { signal }).then(([code]) => {
      throw new Error(`A benchmark server ended with code ${code}.`);
    });
    const [value] = await Promise.race([once(child, "message", { signal }), stopped]);
    return value;
  } finally {
    ended.abort();
  }
}
