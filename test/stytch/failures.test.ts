import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import { startTestGateway, type TestGateway } from "../support/gateway";
import { codeOf, post } from "../support/post";

const READ = '{ organization(id: "northwind") { id } }';

/** Stands where Stytch should be. */
let stranger: Server | undefined;
let gateway: TestGateway;
afterEach(async () => {
  await gateway.stop();
  stranger?.close();
  stranger = undefined;
});

async function portOf(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** A session is checked at Stytch, so no key set is needed. */
async function askWithStytchAt(baseUrl: string) {
  gateway = await startTestGateway({
    config: { stytch: { projectId: "project-test-x", secret: "secret-test-planted", baseUrl } },
  });
  const answer = await post(gateway.url, { "x-stytch-member-session": "planted-session" }, READ);
  return { answer, lines: gateway.logs.filter(({ msg }) => msg === "Stytch call failed") };
}

describe("the log names why Stytch could not be reached, once for each try", () => {
  test("refused", async () => {
    const server = createServer();
    const port = await portOf(server);
    server.close();
    const { answer, lines } = await askWithStytchAt(`http://127.0.0.1:${port}/`);
    expect(codeOf(answer)).toBe("UPSTREAM_UNAVAILABLE");
    expect(lines).toHaveLength(3);
    const line = { operation: "sessions.authenticate", host: `127.0.0.1:${port}`, cause: "refused" };
    for (const logged of lines) expect(logged).toMatchObject({ ...line, errorCode: "ECONNREFUSED" });
  });

  test("a name that does not resolve", async () => {
    const { lines } = await askWithStytchAt("https://stytch.invalid/");
    expect(lines[0]).toMatchObject({ host: "stytch.invalid", cause: "DNS" });
  });

  test("no TLS where TLS was meant", async () => {
    stranger = createServer((socket) => void socket.on("data", () => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")));
    const { lines } = await askWithStytchAt(`https://127.0.0.1:${await portOf(stranger)}/`);
    expect(lines[0]).toMatchObject({ cause: "TLS" });
  });

  test("a reset", async () => {
    stranger = createServer((socket) => void socket.on("data", () => socket.resetAndDestroy()));
    const { answer, lines } = await askWithStytchAt(`http://127.0.0.1:${await portOf(stranger)}/`);
    expect(lines[0]).toMatchObject({ cause: "reset" });
    expect(answer.text + JSON.stringify(gateway.logs)).not.toMatch(/planted/);
  });
});

describe("half of a surrogate pair", () => {
  beforeEach(async () => {
    gateway = await startTestGateway();
  });
  const LONE = "\ud800";
  const ask = async (query: string, variables: Record<string, unknown>) => {
    const headers = { authorization: `Bearer ${await gateway.emulator.mintM2mToken()}` };
    await post(gateway.url, headers, "{ __typename }");
    gateway.calls();
    return post(gateway.url, headers, query, variables);
  };

  test.each([
    ["organization", `organization-test-${LONE}`],
    ["organization", LONE],
    ["member", `member-test-${LONE}`],
    ["connectedApp", `connected-app-test-${LONE}`],
    ["node", `member-test-${LONE}`],
  ])("%s(id: …) finds nothing and asks nobody", async (field, id) => {
    const { data, errors } = await ask(`query ($id: ID!) { ${field}(id: $id) { id } }`, { id });
    expect(errors.map(({ extensions }) => extensions.code)).toEqual([]);
    expect(data).toEqual({ [field]: null });
    expect(gateway.calls()).toEqual([]);
  });

  test("in a filter or an input it is refused, and nothing is sent", async () => {
    const search = "query ($text: String!) { organizations(filter: { nameContains: $text }) { nodes { id } } }";
    expect(codeOf(await ask(search, { text: `north${LONE}` }))).toBe("BAD_USER_INPUT");
    const rotate = "mutation ($id: ID!) { rotateSecret(input: { clientId: $id }) { userErrors { code } } }";
    expect((await ask(rotate, { id: `connected-app-test-${LONE}` })).text).toMatch(/BAD_USER_INPUT|NOT_FOUND/);
    expect(gateway.calls()).toEqual([]);
  });

  test("a text that only looks like one is sent", async () => {
    const search = "query ($text: String!) { organizations(filter: { nameContains: $text }) { nodes { id } } }";
    expect(codeOf(await ask(search, { text: "north\\ud800 😀" }))).toBeUndefined();
  });
});
