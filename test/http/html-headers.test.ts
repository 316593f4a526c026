import { startTestGateway, type TestGateway } from "../support/gateway";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.stop());

test.each(["/graphql", "/oauth/authorize", "/livez", "/nowhere"])(
  "%s cannot be framed, sniffed or followed",
  async (path) => {
    const { headers } = await fetch(new URL(path, gateway.url), {
      headers: { accept: "text/html" },
      redirect: "manual",
    });
    expect(Object.fromEntries(headers)).toMatchObject({
      "x-frame-options": "DENY",
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
    });
  },
);

test("Sandbox opens with the example operations", async () => {
  const response = await fetch(`${gateway.url}/graphql`, { headers: { accept: "text/html" } });
  expect(response.status).toBe(200);
  expect(await response.text()).toContain("query OrganizationMembers");
});

test("in production there is no Sandbox", async () => {
  const production = await startTestGateway({ config: { production: true, introspection: false } });
  const response = await fetch(`${production.url}/graphql`, { headers: { accept: "text/html" } });
  expect(await response.text()).not.toContain("OrganizationMembers");
  await production.stop();
});
