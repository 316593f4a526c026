import { z } from "zod";
import type { Head } from "./chain";

/** The message of the gateway's log lines that are heads. */
export const HEAD_MESSAGE = "Ledger head";
const HeadLine = z.object({
  msg: z.literal(HEAD_MESSAGE),
  chain: z.string(),
  position: z.int(),
  hash: z.string(),
});

/** The heads that a log holds: as many as it has such lines. */
export interface LoggedHeads {
  /** In most logs none or one; several where a replica, or somebody, wrote another. */
  at(chain: string, position: number): readonly Head[];
  highest(chain: string): number | undefined;
  chains(): readonly string[];
}

export function createLoggedHeads(heads: Iterable<Head>): LoggedHeads {
  const byChain = new Map<string, { highest: number; byPosition: Map<number, Head[]> }>();
  for (const head of heads) {
    const known = byChain.get(head.chain) ?? { highest: head.position, byPosition: new Map<number, Head[]>() };
    byChain.set(head.chain, known);
    known.highest = Math.max(known.highest, head.position);
    known.byPosition.set(head.position, [...(known.byPosition.get(head.position) ?? []), head]);
  }
  return {
    at: (chain, position) => byChain.get(chain)?.byPosition.get(position) ?? [],
    highest: (chain) => byChain.get(chain)?.highest,
    chains: () => [...byChain.keys()],
  };
}

/** `null`: another line. `undefined`: a head that cannot be read, such as one that a killed process left torn. */
export function readHead(line: string): Head | null | undefined {
  if (!line.includes(HEAD_MESSAGE)) return null;
  // What collects logs writes before the line (`gateway-1  | {…}`); a line behind a torn one begins at its last brace.
  for (const from of [line.indexOf("{"), line.lastIndexOf("{")]) {
    const head = parse(line.slice(from));
    if (head) return head;
  }
  return undefined;
}

function parse(text: string): Head | undefined {
  try {
    const { chain, position, hash } = HeadLine.parse(JSON.parse(text));
    return { chain, position, hash };
  } catch {
    return undefined;
  }
}
