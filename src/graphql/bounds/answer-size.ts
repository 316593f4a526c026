import type { OperationDefinitionNode } from "graphql";
import { Failure } from "../../failure";
import { type AnswerMeter, MAX_BYTES, tooManyBytes } from "./answer";
import { isObject, OVERHEAD } from "./item-size";

/** Objects of an answer that is not made in one go. */
const LONG = 5000;

type Data = Record<string, unknown> | null;

/**
 * A finished answer as it may be sent, its objects counted. A query's that is too large is refused as a whole. A mutation
 * has happened, and its payload may hold a secret that is shown once: only its lists are left out.
 * @throws COST_LIMIT_EXCEEDED
 */
export async function fitAnswer(
  meter: AnswerMeter,
  data: Data,
  { operation }: OperationDefinitionNode,
): Promise<{ data: Data; refused: Failure | null }> {
  // What made the answer, this, and writing it as JSON get a turn of the event loop each.
  const isLong = meter.objects > LONG;
  if (isLong) await meter.turn();
  const size = meter.refused ? null : await sizeOf(data);
  if (isLong) await meter.turn();
  const refused = meter.refused ?? (size && size.bytes > MAX_BYTES ? tooManyBytes(size.bytes) : null);
  if (refused && operation !== "mutation") throw refused;
  const fitting = refused ? withoutLists(data, 0) : data;
  meter.objects = (refused || !size ? await sizeOf(fitting) : size).objects;
  return { data: fitting, refused };
}

/** Lists of a payload itself, such as its `userErrors`, stay. */
const PAYLOAD_LISTS = 2;

function withoutLists<T>(value: T, depth: number): T {
  if (Array.isArray(value)) {
    if (depth > PAYLOAD_LISTS && value.some((item) => typeof item === "object")) value.length = 0;
  } else if (typeof value === "object" && value !== null) {
    for (const inner of Object.values(value)) withoutLists(inner, depth + 1);
  }
  return value;
}

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

/** Values that are looked at in one turn of the event loop. */
const VALUES_PER_TURN = 50_000;

/**
 * Counts the objects of a finished answer and, roughly, the bytes of its JSON, before that is made: the same long text
 * may stand in it a thousand times, and takes memory only once it is written out. Names in other scripts may need up to
 * three bytes a character. Ends where they are too many.
 */
async function sizeOf(data: unknown): Promise<{ objects: number; bytes: number }> {
  const rest: unknown[] = [data];
  // The answer itself is none of them.
  const size = { objects: data === null ? 0 : -1, bytes: 0 };
  for (let values = 1; rest.length > 0; values++) {
    const value = rest.pop();
    if (typeof value === "string") size.bytes += value.length;
    else if (Array.isArray(value)) for (const item of value) rest.push(item);
    else if (value instanceof Date) size.bytes += OVERHEAD * 6;
    else if (isObject(value)) {
      size.objects += 1;
      for (const key in value) {
        size.bytes += key.length + OVERHEAD;
        rest.push(value[key]);
      }
    }
    size.bytes += OVERHEAD;
    if (size.bytes > MAX_BYTES) break;
    if (values % VALUES_PER_TURN === 0) await nextTurn();
  }
  return size;
}
