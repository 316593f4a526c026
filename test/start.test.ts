import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { GraphQLClient } from "graphql-request";
import { ViewerDocument } from "./generated/graphql";

const ROOT = join(__dirname, "..");
const started: ChildProcess[] = [];

/** The process as a newcomer starts it, on free ports. */
function start() {
  const { PATH = "" } = process.env;
  const env = { PATH, PORT: "0", EMULATOR_PORT: "0", LOG_LEVEL: "error" };
  const child = spawn(process.execPath, ["--import", "tsx", "src/index.ts"], { cwd: ROOT, env });
  started.push(child);
  return child;
}

/** What it printed up to and with the last line of the banner. */
async function banner({ stdout }: ReturnType<typeof start>): Promise<string> {
  let printed = "";
  for await (const chunk of stdout.iterator({ destroyOnReturn: false })) {
    printed += chunk;
    if (/Operator, a service.*\n +\S+\n/.test(printed)) return printed;
  }
  throw new Error(`It ended early:\n${printed}`);
}

afterAll(() => {
  for (const child of started) child.kill("SIGKILL");
});

test("the printed address and tokens answer the first query; a signal ends it with 0", async () => {
  const child = start();
  const printed = await banner(child);
  const [, url = ""] = /GraphQL and Apollo Sandbox +(\S+)/.exec(printed) ?? [];
  const tokens = new Map(
    [...printed.matchAll(/^ {2}(\w.*)\n {2}(eyJ\S+)$/gm)].map(([, who = "", token]) => [who, token]),
  );
  expect([...tokens.keys()]).toEqual([
    "Member of Northwind Traders",
    "Admin of Northwind Traders (filled into Sandbox)",
    "Operator, a person",
    "Operator, a service (M2M, every scope)",
  ]);
  const viewers = [...tokens.values()].map(async (token) => {
    const client = new GraphQLClient(url, { headers: { authorization: `Bearer ${token}` } });
    const { viewer } = await client.request(ViewerDocument);
    return [viewer?.isOperator, viewer?.member?.isAdmin];
  });
  expect(await Promise.all(viewers)).toEqual([
    [false, false],
    [false, true],
    [true, true],
    [true, undefined],
  ]);

  child.kill("SIGTERM");
  expect(await once(child, "exit")).toEqual([0, null]);
});
