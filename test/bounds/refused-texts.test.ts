import { getIntrospectionQuery } from "graphql";
import { startTestGateway, type TestGateway } from "../support/gateway";
import { codeOf, post } from "../support/post";

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startTestGateway({ rateLimits: { address: 20 } });
});
afterEach(() => gateway.stop());

test("a text that fails its check counts ten times for an address without a credential, and for nobody else", async () => {
  const bad = () => post(gateway.url, {}, "{ nothing }");
  expect((await bad()).status).toBe(200);
  expect((await bad()).status).toBe(200);
  expect((await bad()).status).toBe(429);
  const headers = { authorization: `Bearer ${await gateway.emulator.mintM2mToken()}` };
  expect((await post(gateway.url, headers, "{ viewer { isOperator } }")).status).toBe(200);
});

test("so does a text that asks for the schema; one that asks for it by many names needs a credential", async () => {
  const schema = (headers = {}) => post(gateway.url, headers, getIntrospectionQuery());
  expect((await schema()).errors).toEqual([]);
  const names = Array.from({ length: 10 }, (_, i) => `a${i}: fields { name description args { name description } }`);
  const several = `{ __schema { types { ${names.join(" ")} } } }`;
  expect(codeOf(await post(gateway.url, {}, several))).toBe("UNAUTHENTICATED");
  expect((await schema()).errors).toEqual([]);
  expect((await schema()).status).toBe(429);
  const headers = { authorization: `Bearer ${await gateway.emulator.mintM2mToken()}` };
  expect((await post(gateway.url, headers, several)).errors).toEqual([]);
  expect((await schema(headers)).errors).toEqual([]);
});

test("persisted queries are not supported, and say so instead of failing", async () => {
  for (const persistedQuery of [
    { version: 1, sha256Hash: "zz" },
    { version: 99, sha256Hash: "zz" },
  ]) {
    const response = await fetch(`${gateway.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query: "{ __typename }", extensions: { persistedQuery } }),
    });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      errors: [{ extensions: { code: "PERSISTED_QUERY_NOT_SUPPORTED" } }],
    });
  }
  expect(gateway.logs.filter((line) => JSON.stringify(line).includes("\\n    at "))).toEqual([]);
});
