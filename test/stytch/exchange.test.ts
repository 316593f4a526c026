import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { Agent } from "undici";
import { exchange } from "../../src/stytch/exchange";

/** Takes connections and says nothing. */
let silent: Server;
let sockets: Socket[];
let agent: Agent;
beforeEach(async () => {
  agent = new Agent();
  sockets = [];
  silent = createServer((socket) => void sockets.push(socket));
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
});
afterEach(async () => {
  await agent.destroy();
  for (const socket of sockets) socket.destroy();
  silent.close();
});

test.each([
  ["http", true],
  // TLS never gets as far as a connection that could take the request.
  ["https", false],
])("a deadline over %s says whether the request was sent: %s", async (protocol, sent) => {
  const { port } = silent.address() as AddressInfo;
  const request = { url: `${protocol}://127.0.0.1:${port}/`, method: "GET", headers: {}, body: null };
  await expect(exchange(agent, request, performance.now() + 1000)).rejects.toMatchObject({
    reason: "late",
    details: { sent },
  });
});

test("an answer that is too large is not read to its end", async () => {
  const MEGABYTE = Buffer.alloc(2 ** 20, " ");
  let sent = 0;
  const endless = createHttpServer((_, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    // More than any bound, as fast as it is taken.
    const more = () => {
      while (sent < 256 && !response.destroyed) {
        sent += 1;
        if (!response.write(MEGABYTE)) return void response.once("drain", more);
      }
      response.end();
    };
    more();
  });
  await new Promise<void>((resolve) => endless.listen(0, "127.0.0.1", resolve));
  const { port } = endless.address() as AddressInfo;
  const request = { url: `http://127.0.0.1:${port}/`, method: "GET", headers: {}, body: null };
  await expect(exchange(agent, request, performance.now() + 60_000)).rejects.toMatchObject({
    reason: "broken",
    details: { sent: true, cause: "too large", status: 200 },
  });
  expect(sent).toBeLessThan(128);
  endless.closeAllConnections();
  await new Promise((resolve) => endless.close(resolve));
});
