import { startTestGateway, type TestGateway } from "../support/gateway";
import { startReplica } from "../support/replica";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.stop());

const ask = (path: string, init: RequestInit = {}) => fetch(`${gateway.url}${path}`, { redirect: "manual", ...init });
/** The errors of a JSON answer. */
async function errorsOf(answer: Response): Promise<{ message: string; extensions: Record<string, unknown> }[]> {
  const { errors } = JSON.parse(await answer.text());
  return errors;
}

const AS_BROWSER = { accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8" };

test.each([
  ["DELETE", "/graphql", "GET, HEAD, POST", "GET, HEAD or POST"],
  ["PUT", "/graphql", "GET, HEAD, POST", "GET, HEAD or POST"],
  ["POST", "/oauth/authorize", "GET"],
  ["GET", "/oauth/authorize/submit", "POST"],
  ["POST", "/livez", "GET, HEAD", "GET or HEAD"],
])("%s %s: 405, and what is allowed", async (method, path, allow, inWords = allow) => {
  const answer = await ask(path, { method });
  expect([answer.status, answer.headers.get("allow")]).toEqual([405, allow]);
  expect(await errorsOf(answer)).toEqual([
    {
      message: `${method} is not possible here. Use ${inWords}.`,
      extensions: { code: "METHOD_NOT_ALLOWED", requestId: answer.headers.get("x-request-id") },
    },
  ]);
});

test("an index page wherever it is not production, where / is nothing", async () => {
  const page = await ask("/");
  expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
  const production = await startReplica(gateway.emulator, { production: true }, { stopPauseMs: 0 });
  expect((await fetch(`${production.url}/`)).status).toBe(404);
  await production.stop();
});

test("an unknown address: JSON for a program", async () => {
  const answer = await ask("/nowhere?token=x");
  expect(answer.status).toBe(404);
  expect(await answer.json()).toEqual({
    errors: [
      {
        message: "There is nothing at this address.",
        extensions: { code: "NOT_FOUND", requestId: answer.headers.get("x-request-id") },
      },
    ],
  });
});

test.each([
  ["GET", "/nowhere", 404],
  ["GET", "/oauth/authorize/submit", 405],
])("%s %s: a page for a browser, without anything of the address in it", async (method, path, status) => {
  const answer = await ask(`${path}?<script>`, { method, headers: AS_BROWSER });
  expect(answer.status).toBe(status);
  expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect(answer.headers.get("content-security-policy")).toContain("default-src 'none'");
  const page = await answer.text();
  expect(page).toContain(answer.headers.get("x-request-id"));
  expect(page).not.toContain("<script");
  expect(page).not.toContain("is not possible here");
  expect(page).toContain('<a class="button" href="/account/apps">Your connected apps</a>');
});

test("without introspection a browser at /graphql gets a page, and a program what Apollo says", async () => {
  const production = await startReplica(gateway.emulator, { introspection: false });
  const open = (headers: Record<string, string>) => fetch(`${production.url}/graphql?query={__typename}`, { headers });
  const shown = await open(AS_BROWSER);
  expect([shown.status, shown.headers.get("content-type")]).toEqual([400, "text/html; charset=utf-8"]);
  expect(await shown.text()).toContain("<h1>This page can’t be opened directly</h1>");
  const [error] = await errorsOf(await open({}));
  expect(error?.message).toContain("apollo-require-preflight");
  const answered = await open({ ...AS_BROWSER, "apollo-require-preflight": "true" });
  expect(await answered.json()).toMatchObject({ data: { __typename: "Query" } });
  await production.stop();
});

test("an address that is no text: the same, for programs and for browsers", async () => {
  const answer = await ask("/logos/%E0%A4%A");
  expect([answer.status, answer.headers.get("x-content-type-options")]).toEqual([400, "nosniff"]);
  expect(await answer.json()).toEqual({
    errors: [
      {
        message: "This address cannot be read.",
        extensions: { code: "BAD_REQUEST", requestId: answer.headers.get("x-request-id") },
      },
    ],
  });
  const page = await ask("/logos/%E0%A4%A", { headers: AS_BROWSER });
  expect([page.status, page.headers.get("content-type")]).toEqual([400, "text/html; charset=utf-8"]);
  expect(await page.text()).toContain(page.headers.get("x-request-id"));
});

const JSON_TYPE = { "content-type": "application/json" };
const QUERY = '{"query":"{ __typename }"}';

test.each([
  ["no operation", { method: "POST", headers: JSON_TYPE, body: "{}" }],
  ["no JSON", { method: "POST", headers: JSON_TYPE, body: "{" }],
  ["no body", { method: "POST", headers: JSON_TYPE }],
  ["a simple cross-site request", { method: "GET" }],
  ["a batch", { method: "POST", headers: JSON_TYPE, body: "[]" }],
  ["two operations in a batch", { method: "POST", headers: JSON_TYPE, body: '[{"query":"{__typename}"},{}]' }],
  ["another type", { method: "POST", headers: { "content-type": "application/xml" }, body: "{ __typename }" }, 415],
  ["a body that is too large", { method: "POST", headers: JSON_TYPE, body: `"${"x".repeat(200_000)}"` }, 413],
  ["no credential at all", { method: "POST", headers: { ...JSON_TYPE, authorization: "Bearer x" }, body: QUERY }, 401],
])(
  "refused before GraphQL, %s: the error names the request, and the answer its cost",
  async (_, init, status = 400) => {
    const answer = await ask("/graphql?query={__typename}", init);
    expect(answer.status).toBe(status);
    const { errors, extensions } = JSON.parse(await answer.text());
    expect(errors[0]?.extensions).toMatchObject({
      code: expect.any(String),
      requestId: answer.headers.get("x-request-id"),
    });
    expect(extensions.cost).toEqual({ requested: 0, upstreamCalls: 0, coalesced: 0, objects: 0 });
  },
);

test("a credential that Stytch refuses has cost the call that asked about it", async () => {
  const answer = await query({ "x-stytch-member-session": "unknown-session-token" });
  expect(answer.status).toBe(401);
  const { extensions } = JSON.parse(await answer.text());
  expect(extensions.cost).toEqual({ requested: 1, upstreamCalls: 1, coalesced: 0, objects: 0 });
});

test("two identities: the answer says what it cost to find out", async () => {
  const { adminId, memberId } = gateway.emulator.seeded.people;
  const [one, other] = await Promise.all(
    [adminId, memberId].map((id) => gateway.emulator.mintSession({ memberId: id })),
  );
  const answer = await query({
    authorization: `Bearer ${one?.session_jwt}`,
    "x-stytch-member-session": String(other?.session_token),
  });
  expect(answer.status).toBe(400);
  const { extensions } = JSON.parse(await answer.text());
  expect(extensions.cost).toEqual({ requested: 1, upstreamCalls: 1, coalesced: 0, objects: 0 });
});

const query = (headers: Record<string, string>) =>
  ask("/graphql", {
    method: "POST",
    headers: { ...JSON_TYPE, ...headers },
    body: JSON.stringify({ query: "{ organization { id } }" }),
  });

test("401 says how to sign in, and whether what was sent is no good", async () => {
  const bad = await query({ authorization: "Bearer x" });
  expect([bad.status, bad.headers.get("www-authenticate")]).toEqual([401, 'Bearer error="invalid_token"']);
});

describe("scripts of other sites", () => {
  const preflight = (origin: string, url = gateway.url) =>
    fetch(`${url}/graphql`, {
      method: "OPTIONS",
      headers: { origin, "access-control-request-method": "POST", "access-control-request-headers": "authorization" },
    });

  test.each([
    "http://localhost:5173",
    "http://127.0.0.1:3000",
    "http://[::1]:8080",
    "http://localhost",
    "https://studio.apollographql.com",
  ])("development lets %s in", async (origin) => {
    const { headers } = await preflight(origin);
    expect(headers.get("access-control-allow-origin")).toBe(origin);
    expect(headers.get("access-control-max-age")).toBe("7200");
  });

  test.each([
    "http://localhost.evil.example",
    "http://evil.example:3000",
    "http://127.0.0.1.evil.example",
    "https://localhost:5173",
    "http://localhost:5173.evil.example",
    "null",
  ])("not %s", async (origin) => {
    expect((await preflight(origin)).headers.get("access-control-allow-origin")).toBeNull();
  });

  test("production lets nobody in", async () => {
    const production = await startReplica(gateway.emulator, { corsOrigins: [] });
    const { headers } = await preflight("http://localhost:5173", production.url);
    expect(headers.get("access-control-allow-origin")).toBeNull();
    await production.stop();
  });

  test("they may read the limits, the request's id and when to come back", async () => {
    const { headers } = await query({ origin: "http://localhost:5173" });
    const exposed = headers.get("access-control-expose-headers")?.toLowerCase().split(", ");
    expect(exposed).toEqual(
      expect.arrayContaining(["x-request-id", "retry-after", "ratelimit-remaining", "ratelimit-reset"]),
    );
    expect(headers.get("ratelimit-remaining")).not.toBeNull();
  });
});
