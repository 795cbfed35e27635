// GraphQL Code Generator, configured as in a strict TypeScript project.

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
        scalars: { Date: "string", DateTime: "string", PartialDate: "string" },
        useTypeImports: true,
      },
    },
  },
};

export default config;
