import vm from "node:vm";

/** From Node 24.9 on jest loads ES modules as they are, and must not find them turned into CommonJS. */
const loadsEsModules = typeof vm.SourceTextModule?.prototype.hasAsyncGraph === "function";

/** @type {import("jest").Config} */
export default {
  testEnvironment: "node",
  // The SDK warns once per client that talks to a local URL. Our own code never writes to the console.
  silent: true,
  roots: ["<rootDir>/test", "<rootDir>/packages"],
  // The emulator and the demo app are tested, and used by the gateway's tests, as source.
  moduleNameMapper: {
    "^stytch-emulator$": "<rootDir>/packages/stytch-emulator/src/index.ts",
    "^ledger-export$": "<rootDir>/examples/ledger-export/src/index.ts",
  },
  modulePathIgnorePatterns: ["/dist/"],
  globalSetup: "<rootDir>/test/support/unpack-chromium.cjs",
  setupFiles: ["reflect-metadata"],
  transform: {
    "^.+\\.ts$": ["ts-jest", { tsconfig: "<rootDir>/tsconfig.json", diagnostics: false }],
    // Packages that ship ES modules only.
    "^.+\\.js$": ["ts-jest", { tsconfig: { allowJs: true, module: "commonjs", target: "es2022" }, diagnostics: false }],
  },
  transformIgnorePatterns: [
    loadsEsModules
      ? "/node_modules/"
      : "/node_modules/(?!(openid-client|oauth4webapi|jose|graphql-request|request-filtering-agent)/)",
  ],
  testTimeout: 120_000,
  // Jest leaves one core to itself, which on a machine with two is half of it.
  maxWorkers: "100%",
  // A worker keeps some 15 to 30 MB of each file that it has run. The gateways in it refuse requests when its heap is 90 % full.
  workerIdleMemoryLimit: "1GB",
  // A test that fails leaves its servers running; the run must end all the same.
  forceExit: true,
};
