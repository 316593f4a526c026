import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { startTestGateway } from "../support/gateway";
import { ask } from "./snippets/ask";

test("without a library: data and errors of one answer", async () => {
  const { emulator, url, stop } = await startTestGateway();
  const { memberId } = emulator.seeded.people;
  const { session_token } = await emulator.mintSession({ memberId });
  const query = "query ($first: Int) { viewer { member { id } } organizations(first: $first) { totalCount } }";
  const { data, errors } = await ask(`${url}/graphql`, session_token, query, { first: 1 });
  expect(data).toEqual({ viewer: { member: { id: memberId } }, organizations: null });
  expect(errors).toMatchObject([{ path: ["organizations"], extensions: { code: "FORBIDDEN" } }]);
  await stop();
});

const FOLDER = join(__dirname, "snippets");

test.each(readdirSync(FOLDER))("docs/frontends.md shows %s as it ran in these tests", (file) => {
  const text = readFileSync(join(FOLDER, file), "utf8");
  const shown = readFileSync(join(__dirname, "../../docs/frontends.md"), "utf8");
  // What the repository's own types need to be named by is no part of it.
  const code = text.replace(/^(import .* from "(\.\..*|@apollo\/client)";\n)*\n(?=export function)/, "");
  expect(shown).toContain(`\`\`\`ts\n${code}\`\`\``);
});
