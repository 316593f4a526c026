import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { controlRoutes } from "../src/control/routes";

const ROOT = join(__dirname, "..");
const README = readFileSync(join(ROOT, "README.md"), "utf8");
const sources = readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts"))
  .map((name) => readFileSync(join(ROOT, "src", name), "utf8"));

const sorted = (found: Iterable<string>) => [...new Set(found)].toSorted();

test("every mark in the code is in the table, and the other way round", () => {
  const inCode = sources.flatMap((source) => [...source.matchAll(/\bU\d{1,2}\b/g)].map(([mark]) => mark));
  const inTable = [...README.matchAll(/^\| (U\d+) \|/gm)].map(([, mark = ""]) => mark);
  expect(sorted(inCode)).toEqual(sorted(inTable));
});

test("the options of the command are those that --help prints", () => {
  const help = execFileSync(process.execPath, ["--import", "tsx", join(ROOT, "src/cli.ts"), "--help"], {
    cwd: join(ROOT, "../.."),
    encoding: "utf8",
  });
  const printed = [...help.matchAll(/^ {2}(--[a-z-]+)/gm)].map(([, name = ""]) => name);
  const described = [...README.matchAll(/^\| `(--[a-z-]+)/gm)].map(([, name = ""]) => name);
  expect(described).toEqual(printed);
});

test("the control plane's routes are all named", () => {
  const [, table = ""] = /\| `\/_emulator` \| \|\n([\s\S]*?)\n\n/.exec(README) ?? [];
  const described = table.split("\n").flatMap((row) => {
    const [, cell = ""] = /^\| (.*?) \|/.exec(row) ?? [];
    const [, path = ""] = /(\/\S+)`$/.exec(cell) ?? [];
    return [...cell.matchAll(/[A-Z]{3,}/g)].map(([method]) => `${method} ${path}`);
  });
  expect(sorted(described)).toEqual(sorted(controlRoutes.map(({ method, path }) => `${method} ${path}`)));
});
