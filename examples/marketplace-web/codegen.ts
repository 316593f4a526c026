import type { CodegenConfig } from "@graphql-codegen/cli";

/** The gateway's schema and this folder's operations: typed documents in `src/gql`. */
const config: CodegenConfig = {
  schema: "../../schema/schema.graphql",
  documents: "src/operations/*.graphql",
  generates: {
    "src/gql/": {
      preset: "client",
      presetConfig: { fragmentMasking: false },
      config: {
        enumsAsTypes: true,
        scalars: { DateTime: "string", ID: "string", JWK: "Record<string, unknown>" },
        useTypeImports: true,
      },
    },
  },
};

export default config;
