import type { CodegenConfig } from "@graphql-codegen/cli";

/** `npm run codegen`: schema/operations/*.graphql -> typed documents that the tests send with graphql-request. */
const config: CodegenConfig = {
  schema: "schema/schema.graphql",
  documents: "schema/operations/*.graphql",
  generates: {
    "test/generated/": {
      preset: "client",
      presetConfig: { fragmentMasking: false },
      config: {
        enumsAsTypes: true,
        strictScalars: true,
        scalars: { DateTime: "string", ID: "string", JWK: "Record<string, unknown>" },
        useTypeImports: true,
      },
    },
  },
};

export default config;
