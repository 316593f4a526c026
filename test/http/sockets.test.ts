import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setImmediate, setTimeout } from "node:timers/promises";
import { type Emulator, startEmulator } from "stytch-emulator";
import type { Gateway } from "../../src/gateway";
import { post } from "../support/post";
import { startReplica } from "../support/replica";

const DEADLINES = { headersMs: 300, requestMs: 600, checkMs: 50 };

let emulator: Emulator;
let gateway: Gateway;
const sockets: Socket[] = [];
beforeAll(async () => {
  emulator = await startEmulator({ port: 0 });
});
afterEach(async () => {
  emulator.settings.latencyMs = 0;
  emulator.clearRequests();
  for (const socket of sockets.splice(0)) socket.destroy();
  await gateway.stop();
});
afterAll(() => emulator.stop());

/** A raw connection that has sent `first`; `closed` is all that came back until the gateway ended it. */
async function open(first = ""): Promise<{ socket: Socket; closed: Promise<string> }> {
  const socket = connect(Number(new URL(gateway.url).port), "127.0.0.1");
  sockets.push(socket);
  let text = "";
  socket.on("error", () => undefined);
  socket.on("data", (chunk) => {
    text += chunk;
  });
  const closed = new Promise<string>((resolve) => socket.once("close", () => resolve(text)));
  await once(socket, "connect");
  socket.write(first);
  return { socket, closed };
}

const HEAD = "POST /graphql HTTP/1.1\r\nhost: gateway\r\ncontent-type: application/json\r\n";

test.each([
  ["a body that drips", `${HEAD}content-length: 90000\r\n\r\n{`, " "],
  ["a body that never comes", `${HEAD}content-length: 90000\r\n\r\n`, ""],
  ["headers that drip", HEAD, "x: y\r\n"],
  ["nothing at all", "", ""],
])("%s is cut off after its deadline", async (_, first, every) => {
  gateway = await startReplica(emulator, {}, { sockets: DEADLINES });
  const started = performance.now();
  const { socket, closed } = await open(first);
  const drip = setInterval(() => every && socket.write(every), 50);
  const answer = await closed;
  clearInterval(drip);
  expect(performance.now() - started).toBeLessThan(10_000);
  if (answer) expect(answer).toMatch(/^HTTP\/1\.1 408 /);
});

test.each([
  [4, 4],
  [40, 0],
])("of %i requests that one connection sends before it has an answer, %i are answered", async (count, answered) => {
  gateway = await startReplica(emulator);
  // Stytch is asked about each, so that none is answered before all are there.
  emulator.settings.latencyMs = 500;
  const body = '{"query":"{ __typename }"}';
  const requests = Array.from(
    { length: count },
    (_, i) =>
      `${HEAD}connection: ${i === count - 1 ? "close" : "keep-alive"}\r\nx-stytch-member-session: unknown-${i}\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
  const { closed } = await open(requests.join(""));
  expect((await closed).match(/HTTP\/1\.1 401/g) ?? []).toHaveLength(answered);
});

test("an honest request that takes long upstream is not cut off", async () => {
  const slow = await startEmulator({ port: 0, latencyMs: 1500 });
  gateway = await startReplica(slow, {}, { sockets: DEADLINES });
  const { session_token } = await slow.mintSession({ memberId: slow.seeded.people.memberId });
  const answer = await post(gateway.url, { "x-stytch-member-session": session_token }, "{ viewer { member { id } } }");
  expect([answer.status, answer.errors]).toEqual([200, []]);
  await slow.stop();
});

test("connections are bounded: idle ones make room, then new ones are dropped, and it recovers", async () => {
  gateway = await startReplica(emulator, {}, { sockets: { ...DEADLINES, max: 10 } });
  // One that is being answered is not idle.
  emulator.settings.latencyMs = 1000;
  const { session_token } = await emulator.mintSession({ memberId: emulator.seeded.people.memberId });
  const answered = post(gateway.url, { "x-stytch-member-session": session_token }, "{ viewer { member { id } } }");
  while (emulator.requests().length === 0) await setImmediate();
  // Kept alive after an answer, so idle.
  const kept = [];
  for (let i = 0; i < 8; i++) {
    const { socket, closed } = await open("GET /livez HTTP/1.1\r\nhost: gateway\r\n\r\n");
    await once(socket, "data");
    kept.push(closed);
  }
  for (let i = 0; i < 7; i++) await open();
  await Promise.all(kept);
  expect((await answered).errors).toEqual([]);
  // More than may be, each waiting for the rest of its request.
  const waiting = [];
  for (let i = 0; i < 20; i++) waiting.push(await open(HEAD));
  await Promise.all(waiting.map(({ closed }) => closed));
  const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
  expect(metrics).toMatch(/^gateway_connections_dropped_total [1-9]/m);
  expect((await fetch(`${gateway.url}/livez`)).status).toBe(200);
});

/** An Organization of a hundred Members, whose names come to 7 MB: more than the kernel keeps for whoever does not read. */
async function startLarge(limits: object) {
  const large = await startEmulator({ port: 0, seed: { organizations: 1, members: 103 } });
  for (const member of large.state.members.values()) member.name = "n".repeat(70_000);
  gateway = await startReplica(large, {}, { sockets: limits });
  const [organization] = [...large.state.organizations.values()].filter(
    ({ organization_id }) => organization_id !== large.operatorOrganizationId,
  );
  const query = `{ organization(id: "${organization?.organization_id}") { members(first: 100) { nodes { name } } } }`;
  const body = JSON.stringify({ query });
  /** Whose answer has begun to arrive, and is not read on. */
  async function ask(token: string): Promise<Socket> {
    const { port } = new URL(gateway.url);
    const socket = connect(Number(port), "127.0.0.1");
    sockets.push(socket);
    socket.on("error", () => undefined);
    socket.write(
      `${HEAD}connection: close\r\nauthorization: Bearer ${token}\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    await once(socket, "readable");
    return socket;
  }
  /** A token of a service of its own. */
  function mint(name: string): Promise<string> {
    const [service] = large.state.m2mClients.values();
    if (!service) throw new Error("There is no service.");
    const client_id = `m2m-client-test-${name}`;
    large.state.m2mClients.set(client_id, { ...service, client_id });
    return large.mintM2mToken({ clientId: client_id });
  }
  return { large, ask, mint };
}

/** Reads on until the connection ends, with a pause behind each chunk; the bytes that came. */
async function read(socket: Socket, pause?: () => Promise<unknown>): Promise<number> {
  let bytes = 0;
  try {
    for await (const chunk of socket) {
      bytes += chunk.length;
      await pause?.();
    }
  } catch {
    // Cut off.
  }
  return bytes;
}

const WHOLE = 7_000_000;

test("an answer that nobody reads is cut off; a slow but steady reader gets all of it", async () => {
  const unreadMs = 4000;
  const { large, ask, mint } = await startLarge({ unreadMs });
  const token = await mint("one");
  const unread = await ask(token);
  const steady = await ask(token);
  const started = performance.now();
  // Some 100 chunks of 64 kB, fewer on newer Nodes: longer than an answer may lie unread.
  expect(await read(steady, () => setTimeout(100))).toBeGreaterThan(WHOLE);
  expect(performance.now() - started).toBeGreaterThan(unreadMs);
  expect(await read(unread)).toBeLessThan(WHOLE);
  await large.stop();
});

test("of answers that nobody reads the oldest are cut off, of one caller and then of whoever owes most", async () => {
  const { large, ask, mint } = await startLarge({ unreadOfOne: 15_000_000, unread: 25_000_000 });
  const greedy = await mint("greedy");
  const first = await ask(greedy);
  const modest = await ask(await mint("modest"));
  const second = await ask(greedy);
  const third = await ask(greedy);
  expect(await read(first)).toBeLessThan(WHOLE);
  // Now three, of two callers, in 22 MB.
  const another = await ask(await mint("another"));
  expect(await read(second)).toBeLessThan(WHOLE);
  for (const answer of [modest, third, another]) expect(await read(answer)).toBeGreaterThan(WHOLE);
  const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
  expect(metrics).toMatch(/^gateway_answers_cut_total 2$/m);
  await large.stop();
});
