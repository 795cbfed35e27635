import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, parse, resolve } from "node:path";
import { promisify } from "node:util";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cellText, valueAt } from "../../src/table/cell.ts";
import { type Row, type TableConfig, TABLES } from "../../src/table/config.ts";
import { shownAs } from "./atlas.ts";
import { open, queryApi, useBrowser } from "./browser.ts";
import { isInstalled } from "./proxy.ts";

useBrowser();

/** The views, as addresses without the columns, and how the API counts their rows. All columns are shown. */
const views = {
  "partnerships?country=JP&sort=-founded": 'partnerships(filter: { country: { code: { eq: "JP" } } })',
  "places?q='&sort=-population": `cities(filter: { name: { contains: "'" } })`,
  "published-figures?measure=share&sort=-value": "publishedStatistics(filter: { measure: [SHARE] })",
  "sources?independent=no&q=sister&sort=-publisher":
    'sources(filter: { independent: false, or: [{ title: { contains: "sister" } }, { publisher: { contains: "sister" } }] })',
};

/** The rows of a file, by the dotted names of its columns. */
interface Table {
  columns: string[];
  rows: unknown[][];
}

let folder: string;
/** What the files contain, by their name without the extension. */
const expected: Record<string, Table> = {};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sistergraph-files-"));
});
afterAll(() => rm(folder, { recursive: true }));

const runFile = promisify(execFile);
const run = async (program: string, ...args: string[]) =>
  (await runFile(program, args, { cwd: folder, maxBuffer: 2 ** 26 })).stdout;
const read = (name: string) => readFile(join(folder, name), "utf8");

/** Saves the files and the programs of a table, and returns the names of the formats. */
async function save(page: Page, name: string): Promise<string[]> {
  const links = page.getByTestId("formats").locator("a");
  for (const link of await links.all()) {
    const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
    expect(parse(download.suggestedFilename()).name).toBe(name);
    await download.saveAs(join(folder, download.suggestedFilename()));
  }
  for (const [language, extension, end] of [
    ["cURL", "sh", ""],
    ["JavaScript", "mjs", "console.log(JSON.stringify(data));"],
    ["Python", "py", ""],
  ] as const) {
    await page.getByRole("button", { name: language, exact: true }).click();
    await writeFile(join(folder, `${name}.${extension}`), `${await page.getByTestId("code").textContent()}\n${end}`);
  }
  for (const [language, beginning] of [
    ["GraphQL", `query ${name}(`],
    ["R", 'rows <- read.csv(\n  "http'],
  ] as const) {
    await page.getByRole("button", { name: language, exact: true }).click();
    await page.getByTestId("code").getByText(beginning).waitFor();
  }
  return links.allTextContents();
}

/** Checks that the files of a table have the rows of its first page and all that follow. */
async function check(page: Page, { operation: name, field, columns, locations }: TableConfig, count: number) {
  const formats = await save(page, name);
  expect(formats).toEqual(["CSV", "XLSX", "NDJSON", "JSON", ...(locations.length > 0 ? ["GeoJSON"] : []), "Parquet"]);

  const data = (JSON.parse(await read(`${name}.json`)) as { data: Record<string, { nodes: Row[] }> }).data;
  const nodes = data[field]?.nodes ?? [];
  expect(nodes.length).toBe(count);
  const shown = await page
    .locator("tbody tr")
    .evaluateAll((rows) =>
      rows.map((row) => [...row.querySelectorAll(".value")].map((cell) => cell.textContent?.trim())),
    );
  expect(shown.length).toBe(Math.min(count, 50));
  expect(shown).toEqual(nodes.slice(0, 50).map((node) => columns.map((column) => cellText(node, column))));

  const rows = (await read(`${name}.ndjson`))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Row);
  const names = Object.keys(rows[0] ?? {});
  expect(new Set(names)).toEqual(new Set([...columns.flatMap(({ fields }) => fields), "slug"]));
  expect(rows).toEqual(nodes.map((node) => Object.fromEntries(names.map((path) => [path, valueAt(node, path)]))));
  const cell = (value: unknown) => (Array.isArray(value) ? JSON.stringify(value) : value);
  expected[name] = { columns: names, rows: rows.map((row) => Object.values(row).map(cell)) };

  expect(JSON.parse(await run(process.execPath, `${name}.mjs`))).toEqual(data);
  if (isInstalled("curl")) expect(await run("sh", `${name}.sh`)).toBe(await read(`${name}.csv`));
}

test("files and programs have all rows of the view, in its order", async () => {
  for (const [address, connection] of Object.entries(views)) {
    const { rows } = await queryApi<{ rows: { totalCount: number } }>(`{ rows: ${connection} { totalCount } }`);
    const config = TABLES[address.replace(/\?.*/, "")] as TableConfig;
    const page = await open(`/${address}&columns=${config.columns.map(({ name }) => name).join()}`);
    await page
      .getByTestId("total")
      .getByText(`${shownAs(rows.totalCount)} ${config.noun[1]}`)
      .waitFor();
    expect(await page.getByTestId("problems").count()).toBe(0);
    if (config.operation === "PublishedFigures")
      await page.getByTestId("facet-measure").getByText(`Share ${rows.totalCount}`).waitFor();
    await check(page, config, rows.totalCount);
    if (config.operation === "Sources") {
      await page.getByRole("link", { name: "See the query in the playground" }).click();
      await page.getByTestId("json").getByText('"publisher"').first().waitFor();
    }
  }
});

test("files say what they lack if a page of the API has fewer rows than the view", async () => {
  const page = await open("/published-figures?measure=share");
  await page.route("**/graphql", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: (await response.text()).replace(/(?<="maxPageSize":)\d+/, "7") });
  });
  await page.reload();
  await page.getByText(/^The files and the programs below have only the first 7 of \d+ published numbers\./).waitFor();
  const address = await page.getByRole("link", { name: "NDJSON" }).getAttribute("href");
  expect((await (await page.request.get(address ?? "")).text()).trim().split("\n").length).toBe(7);
});

const isRequired = Boolean(process.env["SISTERGRAPH_REQUIRE_BROWSER"]);

test.skipIf(!isRequired && !isInstalled("ogr2ogr"))("GDAL reads the features", async () => {
  for (const [name, geometry] of Object.entries({ Partnerships: "MultiLineString", Places: "Point" })) {
    const { features } = JSON.parse(await run("ogr2ogr", "-f", "GeoJSON", "/vsistdout/", `${name}.geojson`)) as {
      features: { geometry: { type: string } | null; properties: Row }[];
    };
    const rows = features.map(({ properties }) => Object.values(properties));
    expect({ columns: Object.keys(features[0]?.properties ?? {}), rows }).toEqual(expected[name]);
    const known = features.flatMap(({ geometry }) => geometry?.type ?? []);
    expect(new Set(known)).toEqual(new Set([geometry]));
  }
});

const python = resolve("../tests/clients/.venv/bin/python");
test.skipIf(!isRequired && !existsSync(python))("DuckDB, pandas, and LibreOffice read the rows", async () => {
  const opensWorkbooks = isRequired || isInstalled("soffice");
  if (opensWorkbooks) {
    const workbooks = (await readdir(folder)).filter((name) => name.endsWith(".xlsx"));
    const csv = "csv:Text - txt - csv (StarCalc):44,34,76,1,,1033,false,true";
    const profile = `-env:UserInstallation=file://${folder}/profile`;
    await run("soffice", profile, "--headless", "--convert-to", csv, "--outdir", "LibreOffice", ...workbooks);
  }
  const script = join(import.meta.dirname, "open_files.py");
  const tables = JSON.parse(await run(python, script, folder)) as Record<string, Table>;
  for (const { operation: name } of Object.values(TABLES)) {
    const table = expected[name];
    expect(table, `the rows of ${name}`).toBeDefined();
    for (const type of ["csv", "parquet"])
      for (const program of ["DuckDB", "pandas"]) {
        const file = `${name}.${type} in ${program}`;
        expect(tables[file], file).toEqual(table);
      }
    expect(tables[`${name}.py`], `the program in Python for ${name}`).toEqual(table);
    const workbook = `LibreOffice/${name}.csv in DuckDB`;
    if (opensWorkbooks) expect(tables[workbook], workbook).toEqual(table);
  }
});
