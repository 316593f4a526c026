/** Who a newcomer can be: a seeded Member with a session. */
export interface Person {
  name: string;
  /** In words: "administrator at Northwind Traders". */
  role: string;
  sessionToken: string;
}

export interface Link {
  label: string;
  url: string;
  /** What is there, in one sentence. */
  text: string;
}

export interface Welcome {
  graphqlUrl: string;
  people: readonly Person[];
  /** An operator service, which gets its token from `tokenUrl`. */
  service: { clientId: string; clientSecret: string; tokenUrl: string } | undefined;
  /** Last, for there the eye rests when the printing stops; the first of them is where to start. */
  links: readonly Link[];
}

/** Printed at the start in development: a screen of 24 lines, and nothing that wraps at 120 columns. */
export function banner({ graphqlUrl, people, service, links }: Welcome): string {
  const [first] = people;
  const tries = first
    ? [`curl ${graphqlUrl} -H 'content-type: application/json' \\`, ...tryAs(first.sessionToken)]
    : [];
  const lines = [
    "marketplace-gateway, on an embedded emulator of Stytch. No account needed; nothing is kept when it stops.",
    "",
    "To act as one of them, send their token in the header X-Stytch-Member-Session:",
    ...table(people.map(({ name, role, sessionToken }) => [name, role, sessionToken])),
    ...(service ? ["A service that runs the marketplace gets its token with:", ...tokenRequest(service)] : []),
    "",
    ...(tries.length > 0 ? ["Try it:", ...tries.map((line) => `  ${line}`), ""] : []),
    ...table(links.map(({ label, url }) => [label, url])),
  ];
  return `\n${lines.join("\n")}\n\n`;
}

const tryAs = (token: string) => [
  `  -H 'X-Stytch-Member-Session: ${token}' \\`,
  `  -d '{"query": "{ viewer { member { name } organization { name } } }"}'`,
];

const tokenRequest = ({ clientId, clientSecret, tokenUrl }: NonNullable<Welcome["service"]>) => [
  `  curl ${tokenUrl} -d grant_type=client_credentials \\`,
  `    -d client_id=${clientId} \\`,
  `    -d client_secret=${clientSecret}`,
];

/** Columns as wide as their widest cell, two spaces apart. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd());
}
