import ts from "typescript";
import { expect, inject, test } from "vitest";

async function structuredData(path: string): Promise<Record<string, unknown>> {
  const response = await fetch(inject("origin") + path, { headers: { accept: "text/html" } });
  const json = /<script type="application\/ld\+json">([^<]*)</.exec(await response.text())?.[1];
  return JSON.parse(json ?? "null") as Record<string, unknown>;
}

/** The errors of the compiler if each object is assigned to the type that the vocabulary of schema.org gives it. */
function vocabularyErrors(objects: Record<string, unknown>[]): string[] {
  const types = new Set(objects.map((data) => String(data["@type"])));
  const assignments = objects.map(
    (data, index) => `export const data${index}: WithContext<${String(data["@type"])}> = ${JSON.stringify(data)};`,
  );
  const text = `import type { ${[...types].join(", ")}, WithContext } from "schema-dts";\n${assignments.join("\n")}`;
  // In this folder, so that the import is found.
  const file = new URL("structured-data.example.ts", import.meta.url).pathname;
  const options: ts.CompilerOptions = {
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    strict: true,
    noEmit: true,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.getSourceFile = (name, version) =>
    name === file ? ts.createSourceFile(name, text, version) : getSourceFile(name, version);
  host.fileExists = (name) => name === file || fileExists(name);
  return ts
    .getPreEmitDiagnostics(ts.createProgram([file], options, host))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
}

test("the vocabulary of schema.org knows the types, the properties, and their values", async () => {
  const misspelled = { "@context": "https://schema.org", "@type": "City", nmae: "Portland" };
  const paths = ["/data", "/state/OR", "/country/JP", "/place/us-or-portland", "/place/jp-gifu-prefecture"];
  const objects = await Promise.all(paths.map(structuredData));
  expect(vocabularyErrors([misspelled, ...objects])).toEqual([expect.stringContaining("nmae")]);
});

// https://developers.google.com/search/docs/appearance/structured-data/dataset
test("the dataset has what the search engine for datasets requires and recommends", async () => {
  const data = await structuredData("/data");
  const { name, description, license, creator, distribution } = data as {
    name: string;
    description: string;
    license: string;
    creator: { name: string };
    distribution: { encodingFormat: string; contentUrl: string }[];
  };
  expect(name).toBeTruthy();
  expect(description.length).toBeGreaterThanOrEqual(50);
  expect(description.length).toBeLessThanOrEqual(5000);
  expect(license).toMatch(/^https:/);
  expect(creator.name).toBeTruthy();
  for (const recommended of ["keywords", "spatialCoverage", "temporalCoverage", "isAccessibleForFree"])
    expect(data[recommended], recommended).toBeTruthy();
  for (const { encodingFormat, contentUrl } of distribution) {
    const file = await fetch(new URL(contentUrl, `${inject("origin")}/data`), { method: "HEAD" });
    expect(file.status, contentUrl).toBe(200);
    expect(file.headers.get("content-type"), contentUrl).toContain(encodingFormat);
  }
});
