import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { memberIdOf } from "stytch-emulator";

/** Organizations 1 to 6 are honest. The seventh wants searches, the eighth large answers. */
const SEED = "organizations=8,members=800,apps=20,authorizations=6";
export const HONEST = ["1", "2", "3", "4", "5", "6"].map((digit) => `customer-000${digit}`);
export const GREEDY = "customer-0007";
export const LARGE = "customer-0008";

export type Headers = Record<string, string>;

/** The emulator in a process of its own, held to one core. */
export async function startStandIn(core: number): Promise<{ url: string; child: ChildProcess }> {
  const cli = join(__dirname, "../../../packages/stytch-emulator/dist/cli.js");
  const args = ["-c", String(core), process.execPath, cli, "--port", "0", "--seed", SEED];
  const child = spawn("taskset", args, { stdio: ["ignore", "pipe", "inherit"] });
  for await (const line of createInterface(child.stdout)) {
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
    if (!url) continue;
    child.stdout.resume();
    return { url, child };
  }
  throw new Error("The emulator ended.");
}

/** Credentials from its control plane. */
export function createMint(url: string) {
  const ask = async (path: string, body: object): Promise<Record<string, string>> => {
    const response = await fetch(`${url}/_emulator/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    return Object(await response.json());
  };
  const member = async (slug: string, index: number) =>
    ask("sessions", { member_id: memberIdOf(slug, index), session_duration_minutes: 120 });
  return {
    token: async (slug: string, index: number): Promise<Headers> => ({
      "x-stytch-member-session": String((await member(slug, index)).session_token),
    }),
    jwt: async (slug: string, index: number): Promise<Headers> => ({
      authorization: `Bearer ${(await member(slug, index)).session_jwt}`,
    }),
    cookie: async (slug: string, index: number): Promise<Headers> => ({
      cookie: `stytch_session=${(await member(slug, index)).session_token}`,
    }),
    service: async (): Promise<Headers> => {
      const { access_token, token } = await ask("m2m_tokens", {});
      return { authorization: `Bearer ${access_token ?? token}` };
    },
  };
}
export type Mint = ReturnType<typeof createMint>;
