import { connect } from "node:net";
import { seededId } from "stytch-emulator";
import { bodyOf, HOSTILE } from "../../bounds/hostile-texts";
import { createMint, GREEDY, type Headers, LARGE } from "./stand-in";

/**
 * Hostile callers in a process of their own, until the parent asks for the count: `{ gateway, standIn }` as JSON on the
 * command line. The addresses are none of the honest ones'; the rates are what the limits let through, and more.
 */
const { gateway, standIn }: { gateway: string; standIn: string } = JSON.parse(process.argv[2] ?? "{}");

const outcomes: Record<string, Record<string, number>> = {};
function note(kind: string, outcome: string): void {
  const known = outcomes[kind] ?? {};
  outcomes[kind] = { ...known, [outcome]: (known[outcome] ?? 0) + 1 };
}

/** Requests of one kind that may wait for an answer; beyond it none is sent. */
const MAX_OPEN = 50;
const open = new Map<string, number>();

async function send(kind: string, body: string, headers: Headers, address: number, path = "/graphql"): Promise<void> {
  const count = open.get(kind) ?? 0;
  if (count >= MAX_OPEN) return note(kind, "held back");
  open.set(kind, count + 1);
  try {
    const response = await fetch(gateway + path, {
      method: "POST",
      headers: { "content-type": "application/json", "x-forwarded-for": `203.0.113.${address}`, ...headers },
      body,
      signal: kind === "goes away" ? AbortSignal.timeout(30) : AbortSignal.timeout(20_000),
    });
    const text = Buffer.from(await response.arrayBuffer())
      .subarray(0, 4000)
      .toString();
    note(kind, /"code":"(\w+)"/.exec(text)?.[1] ?? String(response.status));
  } catch (error) {
    note(kind, error instanceof Error ? error.name : "failed");
  } finally {
    open.set(kind, (open.get(kind) ?? 1) - 1);
  }
}

/** The same text is refused from memory, so each is a little different. */
const texts = Object.values(HOSTILE).map(bodyOf);
const text = (n: number) => (texts[n % texts.length] ?? "").replace('{"query":"', `{"query":"#${n}\\n`);
const json = (query: string, variables = {}) => JSON.stringify({ query, variables });
const many = (count: number, make: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => make(i)).join(" ");

const searches = (n: number) =>
  json(
    `{ organization { ${many(30, (i) => `a${i}: members(first: 1, filter: { emailContains: "${n}x${i}" }) { nodes { id } }`)} } }`,
  );
const members = (inner: string) => `organization { members(first: 100) { nodes { id ${inner} } } }`;
const TOO_LARGE = json(`{ ${members(members(members("")))} }`);
const ALMOST = json(`{ ${members(members(""))} }`);
const WIDE = json(
  "{ viewer { member { authorizations { id member { authorizations { organization { connectedApps { id } } } } } } } }",
);
const INPUT = {
  clientId: seededId("connected-app", "Ledger Export"),
  redirectUri: "https://app.example/cb",
  state: "x".repeat(4096),
  resources: Array.from({ length: 20 }, () => `https://r.example/${"x".repeat(4000)}`),
};
const STARTS = json(
  `mutation ($input: StartAuthorizationInput!) { ${many(20, (i) => `a${i}: startAuthorization(input: $input) { authorizationRequest { id } }`)} }`,
  { input: INPUT },
);

const every = (perSecond: number, act: (n: number) => void) => {
  let n = 0;
  setInterval(() => act(n++), 1000 / perSecond);
};

function drip(address: number): void {
  const socket = connect(Number(new URL(gateway).port), "127.0.0.1");
  socket.on("error", () => undefined).resume();
  socket.write(
    `POST /graphql HTTP/1.1\r\nhost: gateway\r\nx-forwarded-for: 203.0.113.${address}\r\ncontent-type: application/json\r\ncontent-length: 90000\r\n\r\n{`,
  );
  const dripping = setInterval(() => socket.write(" "), 1000);
  socket.once("close", () => {
    clearInterval(dripping);
    note("drips", "cut off");
    setTimeout(() => drip(address), 1000);
  });
}

async function main(): Promise<void> {
  const mint = createMint(standIn);
  const [admin, plain, other, large] = await Promise.all([
    mint.token(GREEDY, 0),
    mint.token(GREEDY, 5),
    mint.token(GREEDY, 7),
    mint.token(LARGE, 0),
  ]);
  // A text that fails counts as ten requests: two a second is what an address may send.
  every(20, (n) => void send("texts, nobody", text(n), {}, 1 + (n % 10)));
  every(4, (n) => void send("texts, a Member", text(n), other, 20));
  every(1, (n) => void send("30 searches, no role", searches(n), plain, 21));
  every(1, (n) => void send("30 searches, admin", searches(n), admin, 22));
  every(0.5, () => void send("100 x 100 x 100", TOO_LARGE, large, 23));
  every(0.5, () => void send("100 x 100", ALMOST, large, 24));
  every(0.5, () => void send("authorizations of authorizations", WIDE, other, 25));
  every(
    5,
    (n) =>
      void send(
        "garbage tokens",
        json("{ viewer { isOperator } }"),
        { "x-stytch-member-session": `garbage-${n}` },
        30 + (n % 5),
      ),
  );
  every(
    5,
    (n) =>
      void send(
        "forged JWTs",
        json("{ viewer { isOperator } }"),
        { authorization: `Bearer eyJhbGciOiJub25lIn0.e30.${n}` },
        40 + (n % 5),
      ),
  );
  every(1, () => void send("20 large requests for consent", STARTS, plain, 50));
  every(2, () => void send("goes away", ALMOST, plain, 51));
  every(2, (n) => void send("subscriptions", json(`subscription S${n} { up }`), {}, 52 + (n % 2)));
  for (let i = 0; i < 100; i++) drip(60 + (i % 10));
  process.on("message", () => process.send?.(outcomes));
  process.on("disconnect", () => process.exit(0));
  process.send?.("ready");
}

void main();
