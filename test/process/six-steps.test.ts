import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { startProcess } from "../support/process";

const ROOT = join(__dirname, "../..");

test("every command of README.md and docs/six-steps.md, pasted one after the other, works against a fresh start", async () => {
  const { child, says, said } = startProcess({ PORT: "0", EMULATOR_PORT: "0", LOG_LEVEL: "warn" });
  try {
    const [, gateway = ""] = await says(/GraphQL +(http\S+)\/graphql/);
    const [, emulator = ""] = await says(/Sign in +(http\S+)\/login\n/);
    const folder = mkdtempSync(join(tmpdir(), "six-steps-"));
    writeFileSync(join(folder, "start.log"), said());

    const text = readFileSync(join(ROOT, "docs/six-steps.md"), "utf8");
    const [start, ...blocks] = [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = ""]) => block);
    expect(start).toBe("npm start | tee start.log\n");
    expect(blocks.length).toBeGreaterThan(8);
    const [helpers = "", ...steps] = blocks;
    const pasted = [helpers, ...firstCommands(), ...steps]
      .join("\n")
      .replaceAll("http://127.0.0.1:4000", gateway)
      .replaceAll("http://127.0.0.1:4001", emulator)
      .replaceAll("start.log", `${folder}/start.log`)
      .replace(/\/tmp\/(?=\w+\.jw)/g, `${folder}/`);
    // The first command that fails ends it.
    const run = promisify(execFile)("bash", ["-e", "-o", "pipefail", "-c", pasted], { cwd: ROOT });
    const { stdout, stderr } = await run;

    expect(stderr).toBe("");
    expect(stdout).not.toContain('"errors"');
    expect([...stdout.matchAll(/"userErrors": ?\[(?!\])/g)]).toEqual([]);
    expect(stdout).toMatch(/"member":{"name":"[^"]+","authorizations":\[/);
    expect(stdout).toMatch(/"clientSecret":"[\w-]+","connectedApp":{"id":"connected-app-/);
    expect(stdout).toContain('"access_token":');
    expect(stdout).toMatch(/"revokedConnectedAppId":"connected-app-/);
    expect(stdout).toContain('"action": "AUTHORIZATION_GRANTED"');
    // The partner's secret, opened.
    expect(stdout.trimEnd()).toMatch(/\n[\w-]{30,}$/);
  } finally {
    child.kill("SIGKILL");
  }
});

/** The README's first query and first mutation, with the variables that the steps' helpers set, and without curl's progress. */
function firstCommands(): string[] {
  const readme = readFileSync(join(ROOT, "README.md"), "utf8");
  const commands = [...readme.matchAll(/^```sh\n(curl .*?)^```$/gms)].map(([, command = ""]) => command);
  expect(commands).toHaveLength(2);
  return commands.map((command) =>
    command
      .replace("curl ", "curl -s ")
      .replace("'X-Stytch-Member-Session: <token>'", '"$ADMIN"')
      .replace("'X-Stytch-Member-Session: <operator token>'", '"$OPERATOR"'),
  );
}
