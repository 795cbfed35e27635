// Writes src/graphql/generated.ts: every operation of src/graphql/operations as a typed string, with the types of the
// schema that it uses. Strings, not syntax trees: the pages only send them, and need no parser for that. The parts of
// graphql-codegen are called directly, because its command line wants a newer Node than Vite does.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { codegen } from "@graphql-codegen/core";
import * as typedDocumentNode from "@graphql-codegen/typed-document-node";
import * as operations from "@graphql-codegen/typescript-operations";
import { buildSchema, parse, validate } from "graphql";

const web = join(import.meta.dirname, "..");
const folder = join(web, "src/graphql/operations");
const filename = join(web, "src/graphql/generated.ts");

const sdl = readFileSync(join(web, "../schema.graphql"), "utf8");
const documents = readdirSync(folder)
  .filter((name) => name.endsWith(".graphql"))
  .sort()
  .map((name) => ({ location: join(folder, name), document: parse(readFileSync(join(folder, name), "utf8")) }));

const errors = documents.flatMap(({ location, document }) =>
  validate(buildSchema(sdl), document).map((error) => `${location}: ${error.message}`),
);
if (errors.length > 0) {
  console.error(errors.join("\n"));
  process.exit(1);
}

const generated = await codegen({
  filename,
  schema: parse(sdl),
  documents,
  config: {
    documentMode: "string",
    enumType: "string-literal",
    scalars: { Date: "string", DateTime: "string", ID: "string" },
    skipTypename: true,
    useTypeImports: true,
    dedupeFragments: true,
  },
  plugins: [{ operations: {} }, { typedDocumentNode: {} }],
  pluginMap: { operations, typedDocumentNode },
});
writeFileSync(filename, `// Made by \`npm run generate\`; not to be edited.\n${generated}`);
