#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { type Emulator, type EmulatorOptions, startEmulator } from "./emulator";
import type { Seed } from "./seed/seed";
import { dumpSchema } from "./state/dump.schema";
import { StytchApiError } from "./wire/errors";
import { parseFields } from "./wire/fields";
import { isObject } from "./wire/json";

const USAGE = `stytch-emulator: a local, stateful Stytch B2B API with Connected Apps

  npm run emulator -- [options]   in its repository
  npx --no stytch-emulator [options]   where its package is installed

  --port PORT                  4001 by default; 0 picks a free one
  --host HOST                  127.0.0.1 by default
  --seed SEED                  demo (default), empty, a JSON file as GET /_emulator/state gives it,
                               or organizations=200,members=20000[,apps=40][,authorizations=5]
  --authorization-url URL      the project's Authorization URL: your page that asks for consent
  --latency MS                 added to every answer
  --searches-per-minute COUNT  100 by default, as on Stytch; 0 means no limit
  --expose-control             lets other machines use the control plane
  --help                       this text
`;

/** Something the caller can put right: told in one sentence, without a stack. */
class UsageError extends Error {}

function read(argv: readonly string[]) {
  const flags = { type: "string" } as const;
  try {
    return parseArgs({
      args: [...argv],
      options: {
        port: flags,
        host: flags,
        seed: flags,
        "authorization-url": flags,
        latency: flags,
        "searches-per-minute": flags,
        "expose-control": { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (error) {
    // Node's own sentences go on with advice on positional arguments, of which there are none.
    const [sentence] = String(error instanceof Error ? error.message : error).split(/\.\s|\n/);
    throw new UsageError(`${sentence?.replace(/\.$/, "")}. See --help.`);
  }
}

function optionsFrom(given: ReturnType<typeof read>): EmulatorOptions {
  const { port, host, seed, latency, "searches-per-minute": searches, "authorization-url": url } = given;
  if (url !== undefined && !/^https?:\/\/./.test(url)) {
    throw new UsageError(`--authorization-url must be an http or https URL, not ${url}.`);
  }
  return {
    ...(port !== undefined && { port: count("--port", port, 65_535) }),
    ...(host !== undefined && { host }),
    ...(seed !== undefined && { seed: seedFrom(seed) }),
    ...(latency !== undefined && { latencyMs: count("--latency", latency, 60_000) }),
    ...(searches !== undefined && { searchesPerMinute: count("--searches-per-minute", searches, 1_000_000) }),
    ...(url !== undefined && { authorizationUrl: url }),
    ...(given["expose-control"] && { exposeControl: true }),
  };
}

function count(name: string, text: string, max: number): number {
  if (!/^\d{1,9}$/.test(text) || Number(text) > max) {
    throw new UsageError(`${name} must be a whole number from 0 to ${max}, not ${text}.`);
  }
  return Number(text);
}

const MAX_SEED = 1_000_000;

function seedFrom(text: string): Seed {
  if (text === "demo" || text === "empty") return text;
  const sizes = new Map(text.split(",").map((pair) => [pair.split("=")[0] ?? "", pair.split("=")[1] ?? ""]));
  if (!text.includes("=")) return seedFile(text);
  const size = (name: string) => count(`--seed ${name}`, sizes.get(name) ?? "", MAX_SEED);
  const unknown = [...sizes.keys()].find((name) => !SIZES.includes(name));
  if (unknown !== undefined) throw new UsageError(`--seed knows no ${unknown}; it takes ${SIZES.join(", ")}.`);
  const organizations = size("organizations");
  if (organizations === 0)
    throw new UsageError("--seed organizations must be at least 1; an empty project is --seed empty.");
  return {
    organizations,
    members: size("members"),
    ...(sizes.has("apps") && { apps: size("apps") }),
    ...(sizes.has("authorizations") && { authorizationsPerMember: size("authorizations") }),
  };
}

const SIZES: readonly string[] = ["organizations", "members", "apps", "authorizations"];

function seedFile(path: string): Seed {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    const why = error instanceof SyntaxError ? "is not JSON" : "cannot be read";
    throw new UsageError(`The seed file ${path} ${why}. (--seed also takes demo, empty and organizations=…,members=…)`);
  }
  if (!isObject(value)) throw new UsageError(`The seed file ${path} must hold a JSON object.`);
  return parseFields(dumpSchema, value);
}

/** What went wrong, in one sentence; `null` for a fault of our own. */
function sentenceFor(error: unknown, { port, host }: { port?: string; host?: string }): string | null {
  if (error instanceof UsageError) return error.message;
  if (error instanceof StytchApiError) return `The seed is not right: ${error.message}`;
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "EADDRINUSE":
      return `Port ${port ?? 4001} is in use; choose another with --port, or 0 for a free one.`;
    case "EACCES":
      return `Port ${port ?? 4001} may not be used without privileges; choose another with --port.`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `This machine has no address ${host}; see --host.`;
    default:
      return null;
  }
}

/** Longer than a working day. */
const SESSION_MINUTES = 7 * 24 * 60;

async function banner(emulator: Emulator, hasPeople: boolean): Promise<string> {
  const { url, projectId, secret } = emulator;
  const lines = [
    "stytch-emulator is running. Nothing is kept after it stops.",
    "",
    `  Base URL       ${url}`,
    `  Project id     ${projectId}`,
    `  Secret         ${secret}`,
    `  Sign in        ${url}/login`,
    `  Control plane  ${url}/_emulator/openapi.json`,
    "",
  ];
  if (!hasPeople) return lines.join("\n");
  const { people, operatorService } = emulator.seeded;
  lines.push("Session tokens, good for a week:", "");
  for (const [who, memberId] of [
    ["A Member", people.memberId],
    ["Their admin", people.adminId],
    ["An operator", people.operatorId],
  ] as const) {
    const { session_token } = await emulator.mintSession({ memberId, durationMinutes: SESSION_MINUTES });
    lines.push(`  ${who.padEnd(13)}  ${session_token}  ${memberId}`);
  }
  lines.push("", "An M2M client with every scope:", "");
  lines.push(`  ${operatorService.clientId}  ${operatorService.clientSecret}`, "");
  return lines.join("\n");
}

async function main(argv: readonly string[]): Promise<void> {
  const given = read(argv);
  if (given.help) {
    process.stdout.write(USAGE);
    return;
  }
  const options = optionsFrom(given);
  const emulator = await startEmulator(options).catch((error: unknown) => {
    const sentence = sentenceFor(error, given);
    throw sentence === null ? error : new UsageError(sentence);
  });
  const hasPeople = options.seed === undefined || options.seed === "demo";
  process.stdout.write(`${await banner(emulator, hasPeople)}\n`);
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => {
      emulator.stop().then(() => process.exit(0), fail);
    });
  }
}

function fail(error: unknown): void {
  const text = sentenceFor(error, {}) ?? (error instanceof Error ? error.stack : String(error));
  process.stderr.write(`${text}\n`);
  process.exit(1);
}

main(process.argv.slice(2)).catch(fail);
