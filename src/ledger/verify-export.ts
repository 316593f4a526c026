import { type Break, type ChainCheck, createChainCheck, START } from "./check";
import { readLine } from "./export-line";
import type { LoggedHeads } from "./logged-heads";
import type { Verdict } from "./verify";

/**
 * Lines of an export, in any mixture of chains. Its first event of each chain is where the check begins. `only`: the
 * Organization whose chain alone was exported, so that the others in the log are not missed.
 */
export async function verifyExport(
  lines: AsyncIterable<string>,
  logged?: LoggedHeads,
  only?: string,
): Promise<Verdict> {
  const verdict: Verdict = { chains: 0, events: 0, erased: 0, pruned: 0, breaks: [] };
  const checks = new Map<string, { check: ChainCheck; ended: boolean }>();
  const broken = new Set<string>();
  const report = (found: Break | null) => {
    if (!found || broken.has(found.chain)) return;
    broken.add(found.chain);
    verdict.breaks.push(found);
  };
  const checkOf = (chain: string, before: { position: number; hash: string }) => {
    const known = checks.get(chain);
    if (known) return known;
    const begun = { check: createChainCheck(chain, before.position === 0 ? START : before), ended: false };
    checks.set(chain, begun);
    verdict.chains++;
    verdict.pruned += before.position;
    return begun;
  };
  const compare = (chain: string, check: ChainCheck) => {
    for (const head of logged?.at(chain, check.position) ?? []) report(check.compare(head, "the log"));
  };

  let number = 0;
  const unreadable = { first: 0, count: 0 };
  for await (const text of lines) {
    number++;
    if (text.trim() === "") continue;
    const line = readLine(text);
    if (!line) {
      unreadable.first ||= number;
      unreadable.count++;
      continue;
    }
    if ("head" in line) {
      const { chain } = line.head;
      const known = checkOf(chain, line.head);
      known.ended = true;
      report(known.check.end(line.head));
      compare(chain, known.check);
      continue;
    }
    const { row, previousHash } = line;
    const known = checkOf(row.chain, { position: row.position - 1, hash: previousHash });
    known.ended = false;
    report(known.check.next(row));
    compare(row.chain, known.check);
    verdict.events++;
    if (row.erased) verdict.erased++;
  }

  const { first, count } = unreadable;
  if (count > 0) report({ chain: `line ${first}`, position: 0, reason: `is no line of an export; ${count} are none` });
  for (const [chain, { check, ended }] of checks) {
    const latest = logged?.highest(chain) ?? 0;
    const missing = !ended
      ? "may be missing: the line with the chain's head is not behind its events, so the end was cut off"
      : latest > check.position
        ? `is missing: the log has position ${latest}, so the end was cut off, or the log is younger than the export`
        : undefined;
    if (missing) report({ chain, position: check.position + 1, reason: missing });
  }
  for (const chain of only === undefined ? (logged?.chains() ?? []) : [only]) {
    if (checks.has(chain)) continue;
    const reason =
      only === undefined
        ? "is in the log, but not in the file: it was left out, or is younger, or the export needs --organization here"
        : "is not in the file";
    report({ chain, position: logged?.highest(chain) ?? 0, reason });
  }
  if (verdict.events === 0 && verdict.breaks.length === 0)
    report({ chain: "*", position: 0, reason: "is all that can be said: the file holds no event" });
  return verdict;
}
