import { banner, type Welcome } from "../../src/banner";

const TOKEN = "x".repeat(43);
const WELCOME: Welcome = {
  graphqlUrl: "http://127.0.0.1:4000/graphql",
  people: [
    { name: "Elif Grant", role: "administrator at Northwind Traders", sessionToken: `admin${TOKEN}` },
    { name: "Oskar Schmidt", role: "bookkeeper at Northwind Traders", sessionToken: `member${TOKEN}` },
    { name: "Amara Abbott", role: "operator of the marketplace", sessionToken: `operator${TOKEN}` },
  ],
  service: {
    clientId: "m2m-client-test-00000000-0000-4000-8000-000000000000",
    clientSecret: "y".repeat(44),
    tokenUrl: "http://127.0.0.1:4001/v1/oauth2/token",
  },
  links: [
    { label: "Start here", url: "http://127.0.0.1:4000/", text: "" },
    { label: "GraphQL", url: "http://127.0.0.1:4000/graphql", text: "" },
    { label: "Marketplace example", url: "http://127.0.0.1:4100/", text: "" },
    { label: "Demo app", url: "http://127.0.0.1:4001/demo", text: "" },
    { label: "Sign in as anyone", url: "http://127.0.0.1:4001/login", text: "" },
  ],
};

test("the banner fits a screen and ends with the links", () => {
  const lines = banner(WELCOME).split("\n");
  expect(lines.length).toBeLessThanOrEqual(24);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(120);
  expect(lines.slice(-7, -2).map((line) => line.trim().split(/ {2,}/))).toEqual(
    WELCOME.links.map(({ label, url }) => [label, url]),
  );
});

test("it says who each credential is for, in columns", () => {
  const lines = banner(WELCOME).split("\n");
  for (const { name, role, sessionToken } of WELCOME.people) {
    const line = lines.find((candidate) => candidate.includes(`  ${sessionToken}`)) ?? "";
    expect(line.trim().split(/ {2,}/)).toEqual([name, role, sessionToken]);
  }
  const columns = ["admin", "member", "operator"].map((who) =>
    Math.max(...lines.map((line) => line.indexOf(`  ${who}${TOKEN}`))),
  );
  expect(new Set(columns).size).toBe(1);
});
