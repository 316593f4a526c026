import { Failure } from "../failure";
import { MAX_BYTES } from "./answer";

/** Values that are looked at in one turn of the event loop. */
const VALUES_PER_TURN = 50_000;

/** Bytes that a value needs in JSON besides its characters: quotes, comma, colon. */
const OVERHEAD = 4;

/**
 * Counts the objects of a finished answer and, roughly, the bytes of its JSON, before that is made: the same long text
 * may stand in it a thousand times, and takes memory only once it is written out. Names in other scripts may need up to
 * three bytes a character. @throws COST_LIMIT_EXCEEDED
 */
export async function sizeOfAnswer(data: unknown): Promise<{ objects: number; bytes: number }> {
  const rest: unknown[] = [data];
  const size = { objects: 0, bytes: 0 };
  for (let values = 1; rest.length > 0; values++) {
    const value = rest.pop();
    if (typeof value === "string") size.bytes += value.length;
    else if (Array.isArray(value)) for (const item of value) rest.push(item);
    else if (value instanceof Date) size.bytes += OVERHEAD * 6;
    else if (typeof value === "object" && value !== null) {
      size.objects += 1;
      for (const key in value) {
        size.bytes += key.length + OVERHEAD;
        rest.push(Reflect.get(value, key));
      }
    }
    size.bytes += OVERHEAD;
    if (size.bytes > MAX_BYTES) throw tooLarge(size.bytes);
    if (values % VALUES_PER_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  return size;
}

const tooLarge = (bytes: number) =>
  new Failure(
    "COST_LIMIT_EXCEEDED",
    `The answer would have ${bytes} bytes or more; at most ${MAX_BYTES} are allowed. Ask for fewer items or fields.`,
    { bytes, limit: MAX_BYTES },
  );
