// What GraphQL Code Generator makes of the schema, as a strict TypeScript project would have it.

import type { CodegenConfig } from "@graphql-codegen/cli";

const config: CodegenConfig = {
  schema: "../../schema.graphql",
  documents: "app/*.ts",
  generates: {
    "generated/codegen/": {
      preset: "client",
      presetConfig: {
        fragmentMasking: { unmaskFunctionName: "unmask" },
        persistedDocuments: { hashAlgorithm: "sha256" },
      },
      config: {
        strictScalars: true,
        scalars: { Date: "string", DateTime: "string" },
        useTypeImports: true,
      },
    },
    // Which types an interface or a union stands for: Apollo's cache asks.
    "generated/codegen/possible-types.ts": {
      plugins: ["fragment-matcher"],
      config: { apolloClientVersion: 3, useExplicitTyping: true },
    },
  },
};

export default config;
