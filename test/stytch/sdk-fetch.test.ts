import { installSdkFetch, type SdkFetch } from "../../src/stytch/sdk-fetch";

let seam: SdkFetch;
beforeEach(() => {
  seam = installSdkFetch();
});
afterEach(() => seam.close());

/** As the SDK calls it: Node's types know undici's own dispatcher only. */
function call(dispatcher: unknown): Promise<Response> {
  const init: RequestInit = { method: "GET" };
  Reflect.set(init, "dispatcher", dispatcher);
  return fetch("http://127.0.0.1:1/", init);
}
const carry = async () => ({ carried: true });

test("a call of the SDK is carried, and what carrying it throws reaches the caller as it is", async () => {
  const method = async () => (await call(seam.dispatcher)).json();
  await expect(seam.run(method, carry)).resolves.toEqual({ carried: true });
  const failure = new Error("The cause, which the SDK would drop.");
  const dropped = () => method().catch(() => Promise.reject(new Error("RequestError")));
  await expect(seam.run(dropped, () => Promise.reject(failure))).rejects.toBe(failure);
});

test("an SDK that has changed stops the start", () => {
  expect(() => seam.check(() => call(seam.dispatcher))).not.toThrow();
  // It does not pass the dispatcher on; it calls later; it does not call `fetch` at all.
  const changed = [
    async () => call(undefined),
    async () => Promise.resolve().then(() => call(seam.dispatcher)),
    async () => undefined,
  ];
  for (const method of changed) expect(() => seam.check(method)).toThrow("past the gateway's limits");
});

test("a call that has lost its context is refused, and nothing is sent", async () => {
  await expect(async () => call(seam.dispatcher)).rejects.toThrow("Nothing was sent");
  expect(() => seam.dispatcher.dispatch({ path: "/", method: "GET" }, {})).toThrow("Nothing was sent");
});

test("every other fetch is left alone, and the global one is put back", async () => {
  await expect(call(undefined)).rejects.toThrow("fetch failed");
  const replaced = globalThis.fetch;
  seam.close();
  expect(globalThis.fetch).not.toBe(replaced);
});
