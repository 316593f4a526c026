import { readFileSync } from "node:fs";
import { join } from "node:path";
import { memberIdOf } from "stytch-emulator";
import { startTestGateway, type TestGateway } from "../support/gateway";
import { post } from "../support/post";

const ROOT = join(__dirname, "../..");
const text = readFileSync(join(ROOT, "docs/incidents.md"), "utf8");

/** `gql "$SERVICE" file 'variables'`, by chapter. */
const CHAPTERS = text
  .split(/^## /m)
  .slice(1)
  .map((chapter) => {
    const [title = ""] = chapter.split("\n");
    const calls = [...chapter.matchAll(/gql "\$SERVICE" ([\w-]+) '(.*?)'(?= \||$)/gm)];
    return { title, calls: calls.map(([, file = "", variables = ""]) => ({ file, variables })) };
  });

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.stop());

test("every chapter has operations to copy", () => {
  expect(CHAPTERS.map(({ title, calls }) => [title, calls.length > 0])).toEqual(
    [
      "An app leaked its secret",
      "A partner was breached",
      "A person left",
      "A customer asks who has access",
      "An app's authorization fails",
    ].map((title) => [title, true]),
  );
});

test.each(CHAPTERS)("$title: the operations do what they are for, in this order", async ({ calls }) => {
  const { state, seeded } = gateway.emulator;
  const invoice = [...state.clients.values()].find(({ client_name }) => client_name === "Invoice Sync");
  const names: Record<string, string> = {
    APP: invoice?.client_id ?? seeded.demoApp.clientId,
    ORG: "northwind",
    PERSON: memberIdOf("northwind", 6),
  };
  const headers = { authorization: `Bearer ${await gateway.emulator.mintM2mToken()}` };
  for (const { file, variables } of calls) {
    const query = readFileSync(join(ROOT, `schema/operations/${file}.graphql`), "utf8");
    const filled = variables.replace(/'\$(\w+)'/g, (_, name) => names[name] ?? "unknown");
    const { data, errors } = await post(gateway.url, headers, query, JSON.parse(filled));
    expect({ file, errors }).toEqual({ file, errors: [] });
    for (const payload of Object.values(data ?? {})) {
      expect(payload).not.toBeNull();
      expect(payload).not.toMatchObject({ userErrors: [expect.anything()] });
    }
  }
});
