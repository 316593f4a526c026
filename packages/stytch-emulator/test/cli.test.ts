import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sdkAt } from "./sdk";

const CLI = join(__dirname, "../src/cli.ts");
const ROOT = join(__dirname, "../../..");
const folder = mkdtempSync(join(tmpdir(), "stytch-emulator-"));
const started: ChildProcess[] = [];
afterAll(() => {
  for (const child of started) child.kill("SIGKILL");
  rmSync(folder, { recursive: true });
});

function start(...args: string[]) {
  const child = spawn(process.execPath, ["--import", "tsx", CLI, ...args], { cwd: ROOT });
  started.push(child);
  return child;
}

/** How a start that fails ends. */
async function failure(...args: string[]) {
  const child = start(...args);
  let text = "";
  child.stderr.on("data", (chunk: Buffer) => {
    text += chunk.toString();
  });
  const [code] = (await once(child, "close")) as [number];
  return { code, text: text.trimEnd() };
}

/** What a start that succeeds prints. */
async function running(...args: string[]) {
  const child = start("--port", "0", ...args);
  let printed = "";
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
    printed += chunk;
    if (printed.includes("\n\n") && printed.includes("openapi.json")) break;
  }
  const [, url = ""] = /Base URL +(\S+)/.exec(printed) ?? [];
  return { child, printed, url };
}

test("the demo: what is printed works with the SDK; a signal ends it with 0", async () => {
  const { child, printed, url } = await running("--authorization-url", "http://localhost:3000/consent");
  const stytch = sdkAt(url, /Project id +(\S+)/.exec(printed)?.[1] ?? "", /Secret +(\S+)/.exec(printed)?.[1] ?? "");
  const sessions = [...printed.matchAll(/ {2}([\w-]{44}) {2}(member-test-\S+)/g)];
  expect(sessions).toHaveLength(3);
  for (const [, session_token = "", memberId] of sessions) {
    expect((await stytch.sessions.authenticate({ session_token })).member.member_id).toBe(memberId);
  }
  const [, client_id = "", client_secret = ""] = /(m2m-client-test-\S+) {2}(\S+)/.exec(printed) ?? [];
  expect(await stytch.m2m.token({ client_id, client_secret })).toMatchObject({ token_type: "bearer" });
  const metadata = await fetch(`${url}/.well-known/openid-configuration`);
  expect(await metadata.json()).toMatchObject({ authorization_endpoint: "http://localhost:3000/consent" });
  child.kill("SIGTERM");
  expect(await once(child, "exit")).toEqual([0, null]);
});

test("a generated marketplace, an empty project, and one from a file; limits and latency", async () => {
  const file = join(folder, "seed.json");
  const organization = { organization_id: "organization-test-1", organization_name: "One", organization_slug: "one" };
  writeFileSync(file, JSON.stringify({ organizations: [organization] }));
  const totals = await Promise.all(
    ["organizations=3,members=9,apps=2", "empty", file].map(async (seed) => {
      const { printed, url } = await running("--seed", seed, "--searches-per-minute", "1", "--latency", "5");
      const stytch = sdkAt(url, /Project id +(\S+)/.exec(printed)?.[1] ?? "", "secret-test-emulator");
      const { results_metadata } = await stytch.organizations.search({});
      await expect(stytch.organizations.search({})).rejects.toMatchObject({ error_type: "too_many_requests" });
      return results_metadata.total;
    }),
  );
  // The operator's Organization comes on top of the generated ones.
  expect(totals).toEqual([4, 0, 1]);
});

test("what cannot be is told in one sentence, without a stack", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const address = taken.address();
  const port = typeof address === "object" && address ? String(address.port) : "";
  const broken = join(folder, "broken.json");
  writeFileSync(broken, "{");
  const wrong = join(folder, "wrong.json");
  writeFileSync(wrong, JSON.stringify({ members: [{ member_id: "m" }] }));
  const cases: [string[], RegExp][] = [
    [["--port", port], new RegExp(`^Port ${port} is in use; choose another`)],
    [["--prot", "1"], /^Unknown option '--prot'\. See --help\.$/],
    [["--port", "many"], /^--port must be a whole number from 0 to 65535, not many\.$/],
    [["--seed", join(folder, "none.json")], /^The seed file .*none\.json cannot be read\./],
    [["--seed", broken], /^The seed file .*broken\.json is not JSON\./],
    [["--seed", wrong], /^The seed is not right: members\.0\.organization_id: /],
    [["--seed", "houses=1"], /^--seed knows no houses;/],
    [["--authorization-url", "javascript:1"], /^--authorization-url must be an http or https URL/],
    [["run"], /^Unexpected argument 'run'\. See --help\.$/],
  ];
  const ends = await Promise.all(cases.map(([args]) => failure(...args)));
  cases.forEach(([, expected], index) => {
    expect(ends[index]).toEqual({ code: 1, text: expect.stringMatching(expected) });
    expect(ends[index]?.text).not.toContain("\n");
  });
  taken.close();
});
