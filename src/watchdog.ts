import { Worker } from "node:worker_threads";

/** Requests that are named at most: the latest. */
const SLOTS = 32;
/** Bytes of each name; what is longer is cut. */
const SLOT_BYTES = 256;
const BEAT_MS = 100;

/**
 * The other side: a thread of its own, for a process that is held or out of memory runs nothing on its first one. It
 * writes to the descriptor itself, because a stream would wait for the thread that is held. As text, so that it needs
 * no file beside this one.
 */
const WATCHER = `
const { writeSync } = require("node:fs");
const { workerData: { beats, names, slotBytes, heldMs } } = require("node:worker_threads");
const view = new Int32Array(beats), bytes = new Uint8Array(names), decoder = new TextDecoder();
let last = 0, since = Date.now(), said = false;
setInterval(() => {
  const beat = Atomics.load(view, 0);
  if (beat !== last) { last = beat; since = Date.now(); said = false; return; }
  if (said || Date.now() - since < heldMs) return;
  said = true;
  const underWay = [];
  for (let at = 0; at < bytes.length; at += slotBytes) {
    const text = decoder.decode(bytes.slice(at, at + slotBytes)).replace(/\\0.*$/s, "");
    if (text) underWay.push(text);
  }
  const line = { level: 60, time: Date.now(), msg: "The event loop is held", milliseconds: Date.now() - since, underWay };
  try { writeSync(1, JSON.stringify(line) + "\\n"); } catch {}
}, 100);
`;

/** What is under way, where somebody can still read it when this thread cannot speak any more. */
export interface Watchdog {
  /** @returns what ends it */
  begin(name: string): () => void;
  stop(): void;
}

/** Writes one line that names the requests under way when the event loop has been held for `heldMs`. */
export function startWatchdog(heldMs = 1000): Watchdog {
  const beats = new SharedArrayBuffer(4);
  const names = new SharedArrayBuffer(SLOTS * SLOT_BYTES);
  const [view, bytes] = [new Int32Array(beats), new Uint8Array(names)];
  const workerData = { beats, names, slotBytes: SLOT_BYTES, heldMs };
  const worker = new Worker(WATCHER, { eval: true, workerData });
  worker.unref();
  const timer = setInterval(() => Atomics.add(view, 0, 1), BEAT_MS);
  timer.unref();
  let next = 0;
  return {
    begin(name) {
      const at = (next++ % SLOTS) * SLOT_BYTES;
      const text = Buffer.from(name).subarray(0, SLOT_BYTES);
      bytes.fill(0, at, at + SLOT_BYTES).set(text, at);
      return () => {
        // Another request may have taken the place.
        if (text.equals(bytes.subarray(at, at + text.length))) bytes.fill(0, at, at + SLOT_BYTES);
      };
    },
    stop() {
      clearInterval(timer);
      void worker.terminate();
    },
  };
}
