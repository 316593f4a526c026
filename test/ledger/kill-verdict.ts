import type { AuditEvent } from "../../src/ledger/event";
import type { Books, Writes } from "./books";
import { type Deed, type Part, wasAnswered } from "./deeds";

/** Everything that is known of all rounds so far. */
export interface Account {
  deeds: Deed[];
  /** Request ids of mutations whose callers were told that they are done. */
  acknowledged: Set<string>;
  /** How often each write reached Stytch. */
  writes: Writes;
  /** Oldest first. */
  events: AuditEvent[];
  fates: Record<string, number>;
}

/** @throws with what the ledger says and what is true, where the two differ */
export async function judge(
  account: Account,
  deeds: readonly Deed[],
  books: Books,
  { last = false } = {},
): Promise<void> {
  for (const deed of deeds) for (const part of deed.parts) await judgePart(account, deed, part, books, last);
  const expected = new Set(account.deeds.flatMap(({ parts }) => parts.map(({ write }) => write)));
  for (const [write, times] of account.writes) {
    if (times > 1) throw new Error(`Stytch was sent ${times} times: ${write}`);
    // The gateway's own completions.
    if (!expected.has(write) && !/^POST \S+\/secrets\/rotate$/.test(write))
      throw new Error(`Nobody asked for: ${write}`);
  }
  if (last) await judgeCompletions(account, books);
}

async function judgePart(account: Account, deed: Deed, part: Part, books: Books, last: boolean): Promise<void> {
  const { requestId } = deed;
  // A repeat under the same key may have done what the first could not.
  const mine = account.events.filter(
    (event) =>
      (event.requestId === requestId || event.requestId === `${requestId}-again`) &&
      event.action === part.action &&
      (event.memberId ?? undefined) === part.memberId &&
      (part.appId === undefined || event.connectedAppId === part.appId),
  );
  const done = await part.isDone(books);
  const wrong = (why: string) =>
    new Error(
      `${why}\n${JSON.stringify({ requestId, done, writes: account.writes.get(part.write ?? ""), mine }, null, 1)}`,
    );
  if (mine.length === 0 && done) throw wrong("It was done, and the ledger does not know it.");
  if (mine.length === 0 && account.writes.has(part.write ?? "")) throw wrong("It was sent without an intent.");
  for (const id of new Set(mine.map((event) => event.requestId))) {
    const told = mine.filter((event) => event.requestId === id);
    const final = told.at(-1);
    if (!final || final.outcome === "UNKNOWN") throw wrong("Its outcome is not known.");
    if (told.length > 2 || (told.length === 2 && told[0]?.outcome !== "UNKNOWN")) throw wrong("It has two outcomes.");
  }
  const claimed = mine.filter(({ outcome }) => outcome === "DONE");
  if (claimed.length > 1) throw wrong("It was done twice.");
  if (done !== (claimed.length === 1)) throw wrong("The ledger is wrong about it.");
  if (account.acknowledged.has(requestId) && !done) throw wrong("Its caller was told that it is done.");
  if (last) return;
  await part.check?.(books, done, mine);
  count(account, fateOf(mine, done));
}

/** The gateway ends every rotation that has a clock, once, however often it dies over it, and none whose secret nobody got. */
async function judgeCompletions({ deeds, events, writes, fates }: Account, { ledger }: Books): Promise<void> {
  for (const { kind, parts } of deeds) {
    const app = kind === "rotateSecret" ? parts[0]?.appId : undefined;
    if (!app) continue;
    const own = events.filter(({ connectedAppId, actor }) => connectedAppId === app && actor.kind === "GATEWAY");
    const started = events.filter(
      ({ connectedAppId, action, outcome }) =>
        connectedAppId === app && action === "SECRET_ROTATION_STARTED" && outcome === "DONE",
    );
    const isDue = started.some(wasAnswered);
    const sent = writes.get(`POST ${app}/secrets/rotate`) ?? 0;
    const done = own.filter(({ outcome }) => outcome === "DONE").length;
    if (sent !== (isDue ? 1 : 0) || done !== sent) throw new Error(`${app}: ${sent} sent, ${JSON.stringify(own)}`);
    const known = (await ledger.rotations.of([app])).get(app);
    if (!isDue) {
      if (known?.rotation?.completeAfter) throw new Error(`${app}: ${JSON.stringify(known)}`);
      if (started.length > 0) count({ fates }, "left open, since nobody got its secret");
      continue;
    }
    if (!known?.createdAt || known.rotation) throw new Error(`${app}: ${JSON.stringify(known)}`);
    const isPlain = own.length === 1 && own[0]?.stytchRequestIds.length;
    count({ fates }, isPlain ? "completed by the gateway" : "completed by the gateway, settled after a kill");
  }
}

function fateOf(told: readonly AuditEvent[], done: boolean): string {
  const [first] = told;
  if (!first) return "no intent, nothing sent";
  if (first.outcome === "UNKNOWN") return `answer lost, settled as ${done ? "done" : "not done"}`;
  if (first.code === "NOT_DONE") return "intent found open, settled as not done";
  if (first.stytchRequestIds.length === 0 && done && first.action !== "LISTING_SAVED")
    return "intent found open, settled as done";
  return `outcome written: ${first.outcome}`;
}

function count({ fates }: Pick<Account, "fates">, fate: string): void {
  fates[fate] = (fates[fate] ?? 0) + 1;
}
