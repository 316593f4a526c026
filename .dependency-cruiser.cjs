/**
 * Who may import whom (CONTRIBUTING.md, "Layers"). The folders read in the order a request travels:
 * index -> gateway -> http -> graphql -> loaders, oauth -> caller -> stytch -> config, failure, logger.
 */
const layer = (name, path, mayImport, comment) => ({
  name,
  comment,
  severity: "error",
  from: { path: `^src/${path}` },
  to: { path: "^src/", pathNot: [`^src/${path}`, ...mayImport.map((other) => `^src/${other}`)] },
});

const base = [
  "config(\\.values)?\\.ts$",
  "failure\\.ts$",
  "logger\\.ts$",
  "metrics\\.ts$",
  "origin\\.ts$",
  "redis\\.ts$",
  "report\\.ts$",
  "trace\\.ts$",
  "watchdog\\.ts$",
];

module.exports = {
  forbidden: [
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    { name: "no-orphans", severity: "error", from: { orphan: true, pathNot: ["\\.d\\.ts$"] }, to: {} },
    {
      name: "only-stytch-talks-to-the-sdk",
      comment: "Record types may be imported anywhere; code may not.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/stytch/" },
      to: { path: "node_modules/(stytch|undici)/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "only-development-starts-the-emulator",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/dev(\\.seed|\\.demo)?\\.ts$" },
      to: { path: "^(packages|examples)/|stytch-emulator|ledger-export" },
    },
    {
      name: "emulator-imports-nothing-of-ours",
      comment: "The emulator stands for another company's service.",
      severity: "error",
      from: { path: "^packages/" },
      to: { path: "^(src|test|examples)/" },
    },
    {
      name: "examples-know-public-endpoints-only",
      severity: "error",
      from: { path: "^examples/" },
      to: { path: "^(src|test|packages)/|stytch-emulator" },
    },
    layer("tracing-layer", "tracing/", base),
    layer("stytch-layer", "stytch/", base),
    layer("ledger-layer", "ledger/", base),
    layer("marketplace-layer", "marketplace/", ["ledger/", ...base]),
    layer("caller-layer", "caller/", ["ledger/", "stytch/", ...base]),
    layer("upkeep-layer", "upkeep/", ["marketplace/", "ledger/", "stytch/", ...base]),
    layer("loaders-layer", "loaders/", ["caller/", "marketplace/", "ledger/", "stytch/", ...base]),
    layer("oauth-layer", "oauth/", ["marketplace/", "caller/", "ledger/", "stytch/", ...base]),
    layer("graphql-layer", "graphql/", [
      "loaders/",
      "oauth/",
      "caller/",
      "marketplace/",
      "ledger/",
      "stytch/",
      ...base,
    ]),
    layer(
      "http-layer",
      "http/",
      ["banner\\.ts$", "graphql/", "loaders/", "oauth/", "caller/", "ledger/", "marketplace/", ...base],
      "http never calls Stytch.",
    ),
    {
      name: "graphql-never-sees-http",
      severity: "error",
      from: { path: "^src/(graphql|loaders|oauth|caller|stytch)/" },
      to: { path: "node_modules/(fastify|@fastify|@as-integrations)/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
  },
};
