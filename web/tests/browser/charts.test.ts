import { expect, test } from "vitest";
import { countOf, downloaded, matchingCount, panel, shownAs } from "./atlas.ts";
import { open, queryApi, sizes, themes, useBrowser } from "./browser.ts";

useBrowser();

test("filters are described on the page and in the files of charts, and a view without matches says so", async () => {
  const page = await open("/?select=state:OR&country=JP&level=CITY#decades");
  const filterText = "city level, Japan";
  await panel(page)
    .locator(".total")
    .filter({ hasText: `: ${filterText}` })
    .waitFor();
  await page.locator(".legend").getByText(`Filters: ${filterText}.`).waitFor();
  await page
    .locator("#decades")
    .getByText(`partnerships, including those that have ended. Filters: ${filterText}.`)
    .waitFor();
  const { text } = await downloaded(page, () =>
    page
      .locator("#decades")
      .getByRole("button", { name: /^Download as SVG/ })
      .click(),
  );
  expect(text).toContain(filterText);

  await page.goto("/?level=COUNTY&country=JP&decade=1950");
  await page.getByText("No partnerships match these filters: county level, Japan, founded in the 1950s.").waitFor();
  await page.locator(".overview").getByRole("button", { name: "Show all" }).click();
  await matchingCount(page, await countOf()).waitFor();
});

interface Groups {
  groups: { key: { label: string }[]; count: number }[];
}

test("a chart has the API's numbers in its table and its files", async () => {
  const page = await open("/#countries");
  const { coverage, all, ended } = await queryApi<{
    coverage: { key: { label: string }; published: { quantity: { value: number } } | null }[];
    all: Groups;
    ended: Groups;
  }>(`{
    coverage(by: COUNTRY) { key { label } published { quantity { value } } }
    all: partnerships { groups(by: COUNTRY) { key { label } count } }
    ended: partnerships(filter: { status: ENDED }) { groups(by: COUNTRY) { key { label } count } }
  }`);
  const countIn = ({ groups }: Groups, label: string) => groups.find(({ key }) => key[0]?.label === label)?.count ?? 0;
  const numbers = coverage.map(
    ({ key: { label }, published }) =>
      [label, countIn(all, label), countIn(ended, label), published?.quantity.value ?? null] as const,
  );
  const written = (cell: string | number | null) => (typeof cell === "number" ? shownAs(cell) : (cell ?? ""));
  const chart = page.locator("#countries");
  await chart.getByRole("button", { name: "Table", exact: true }).click();
  const table = await chart
    .locator("tbody tr")
    .evaluateAll((rows) => rows.map((row) => [...row.children].slice(0, 4).map((cell) => cell.textContent)));
  expect(table.sort()).toEqual(numbers.map((row) => row.map(written)).sort());

  const csv = await downloaded(page, () => chart.getByRole("button", { name: /^Download as CSV/ }).click());
  expect(csv.name).toBe("countries.csv");
  expect(csv.text.startsWith("\uFEFF"), "a byte order mark, so that spreadsheets read it as UTF-8").toBe(true);
  for (const row of numbers) expect(csv.text).toContain(`\r\n${row.map((cell) => cell ?? "").join(",")},`);

  const svg = await downloaded(page, () => chart.getByRole("button", { name: /^Download as SVG/ }).click());
  expect(svg.name).toBe("countries.svg");
  // A new page, because the file is opened without the Content-Security-Policy of the server.
  const alone = await page.context().newPage();
  const drawn = await alone.evaluate((text) => {
    const { documentElement } = new DOMParser().parseFromString(text, "image/svg+xml");
    return {
      root: documentElement.localName,
      broken: documentElement.querySelector("parsererror") !== null,
      text: documentElement.textContent,
    };
  }, svg.text);
  expect(drawn).toMatchObject({ root: "svg", broken: false });
  for (const [name, recorded] of [...numbers].sort((a, b) => b[1] - a[1]).slice(0, 5)) {
    expect(drawn.text).toContain(name);
    expect(drawn.text).toContain(shownAs(recorded));
  }
  expect(svg.text, "colors are resolved in the file").not.toContain("var(");
});

test.each(Object.keys(sizes) as (keyof typeof sizes)[])(
  "no text of a chart is cut off, on a %s or in its file",
  async (size) => {
    const page = await open("/", { size });
    await page.locator("#regions").scrollIntoViewIfNeeded();
    /** Returns the texts that extend beyond the sides of a drawing. */
    const cutOff = (drawing: SVGElement | HTMLElement) => {
      const frame = drawing.getBoundingClientRect();
      const texts = [...drawing.querySelectorAll("text")].filter((text) => {
        const { left, right } = text.getBoundingClientRect();
        return left < frame.left - 1 || right > frame.right + 1;
      });
      return texts.map(({ textContent }) => textContent);
    };
    for (const chart of await page.locator("figure.chart").all()) {
      await chart.getByRole("button", { name: "Table", exact: true }).waitFor();
      expect(await chart.locator(".plot > svg").first().evaluate(cutOff)).toEqual([]);
      const { name, text } = await downloaded(page, () =>
        chart.getByRole("button", { name: /^Download as SVG/ }).click(),
      );
      const alone = await page.context().newPage();
      await alone.setContent(text.replaceAll("Source Sans 3", "DejaVu Sans"));
      expect(await alone.locator("svg").first().evaluate(cutOff), name).toEqual([]);
      await alone.close();
    }
  },
);

test("dash patterns in the key match the curves, and a country filter removes the curve of countries", async () => {
  const page = await open("/#concentration");
  const chart = page.locator("#concentration");
  await chart.getByText("Lorenz curves", { exact: true }).click();
  await chart.getByText("Countries of Asia and the Pacific: Gini").waitFor();
  const dashes = (marks: string) =>
    chart.locator(marks).evaluateAll((drawn) => drawn.map((mark) => mark.getAttribute("stroke-dasharray") ?? "none"));
  // The first is the diagonal.
  const drawn = (await dashes("details .plot [aria-label=line]")).slice(1);
  expect(await dashes("details .key path")).toEqual(drawn);
  expect(new Set(drawn).size).toBe(4);

  await page.goto("/?country=JP#concentration");
  await chart.getByText("Lorenz curves", { exact: true }).click();
  await chart.getByText("Partner communities: Gini").waitFor();
  expect(await chart.getByText("Countries of Asia and the Pacific: Gini").count()).toBe(0);
  await chart.getByText(/^Top 5 of \d+ US communities that match$/).waitFor();

  await page.goto("/?state=OR&country=JP#concentration");
  const few = await countOf({ state: { code: { eq: "OR" } }, country: { code: { eq: "JP" } } });
  await page.locator("p#concentration").getByText(`${few} partnerships are too few to show`).waitFor();
});

test("print and files use the colors of the light theme, whatever the screen shows", async () => {
  const output: Record<string, { map: number[]; chart: string }> = {};
  for (const theme of themes) {
    const page = await open("/#countries", { theme });
    await page.locator("#countries").getByRole("button", { name: "Table", exact: true }).waitFor();
    let map: number[] | null = null;
    // The shapes load after the numbers; until then an empty map is printed.
    await expect
      .poll(async () => {
        await page.pdf();
        map = await page.locator(".map img").first().evaluate(centerColor);
        return map;
      })
      .not.toBeNull();
    const { text } = await downloaded(page, () =>
      page
        .locator("#countries")
        .getByRole("button", { name: /^Download as SVG/ })
        .click(),
    );
    output[theme] = { map: map ?? [], chart: text };
  }
  expect(output["dark"]).toEqual(output["light"]);
});

test("the map and its legend keep their colors in forced-colors mode", async () => {
  const page = await open("/");
  const colors = async () => {
    await page.goto("/");
    await matchingCount(page, await countOf()).waitFor();
    const swatches = await page
      .locator(".swatch")
      .evaluateAll((swatches) => swatches.map((swatch) => getComputedStyle(swatch).backgroundColor));
    const sea = await page
      .locator(".map canvas")
      .first()
      .evaluate((canvas) => {
        const { width, height } = canvas as HTMLCanvasElement;
        return [
          ...((canvas as HTMLCanvasElement).getContext("2d")?.getImageData(width / 2, height * 0.7, 1, 1).data ?? []),
        ];
      });
    return { swatches, sea };
  };
  await expect.poll(async () => (await colors()).sea[3]).toBe(255);
  const normal = await colors();
  await page.emulateMedia({ forcedColors: "active" });
  await expect.poll(colors).toEqual(normal);
});

/** Returns the RGB color at the center of an image, which is sea on a full map; null if nothing is drawn there. */
async function centerColor(image: SVGElement | HTMLElement): Promise<number[] | null> {
  if (!(image instanceof HTMLImageElement)) throw new Error("not an image");
  await image.decode();
  const { naturalWidth: width, naturalHeight: height } = image;
  const context = Object.assign(document.createElement("canvas"), { width, height }).getContext("2d");
  context?.drawImage(image, 0, 0);
  const [red = 0, green = 0, blue = 0, alpha] = context?.getImageData(width / 2, height / 2, 1, 1).data ?? [];
  return alpha === 255 ? [red, green, blue] : null;
}
