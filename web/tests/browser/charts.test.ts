import { expect, test } from "vitest";
import { countOf, downloaded, matchingCount, panel, shownAs } from "./atlas.ts";
import { open, queryApi, sizes, themes, useBrowser } from "./browser.ts";

useBrowser();

test("filters are said in words, also in the files of the charts, and what fits nothing says so", async () => {
  const page = await open("/?select=state:OR&country=JP&level=CITY#decades");
  const said = "city level, Japan";
  await panel(page)
    .locator(".total")
    .filter({ hasText: `: ${said}` })
    .waitFor();
  await page.locator(".legend").getByText(`Filtered to ${said}.`).waitFor();
  await page.locator("#decades").getByText(`partnerships of every status: ${said}.`).waitFor();
  const { text } = await downloaded(page, () =>
    page
      .locator("#decades")
      .getByRole("button", { name: /^Download as SVG/ })
      .click(),
  );
  expect(text).toContain(said);

  await page.goto("/?level=COUNTY&country=JP&decade=1950");
  await page.getByText("No partnerships match these filters: county level, Japan, founded in the 1950s.").waitFor();
  await page.locator(".overview").getByRole("button", { name: "Show all" }).click();
  await matchingCount(page, await countOf()).waitFor();
});

test("a chart has the API's numbers in its table and its files", async () => {
  const page = await open("/#countries");
  const { coverage } = await queryApi<{
    coverage: { key: { label: string }; recorded: number; published: { quantity: { value: number } } | null }[];
  }>("{ coverage(by: COUNTRY) { key { label } recorded published { quantity { value } } } }");
  const numbers = coverage.map(
    ({ key, recorded, published }) => [key.label, recorded, published?.quantity.value ?? null] as const,
  );
  const written = (cell: string | number | null) => (typeof cell === "number" ? shownAs(cell) : (cell ?? ""));
  const chart = page.locator("#countries");
  await chart.getByRole("button", { name: "Table", exact: true }).click();
  const table = await chart
    .locator("tbody tr")
    .evaluateAll((rows) => rows.map((row) => [...row.children].slice(0, 3).map((cell) => cell.textContent)));
  expect(table.sort()).toEqual(numbers.map((row) => row.map(written)).sort());

  const csv = await downloaded(page, () => chart.getByRole("button", { name: /^Download as CSV/ }).click());
  expect(csv.name).toBe("countries.csv");
  expect(csv.text.startsWith("\uFEFF"), "spreadsheets take it for UTF-8").toBe(true);
  for (const row of numbers) expect(csv.text).toContain(`\r\n${row.map((cell) => cell ?? "").join(",")},`);

  const svg = await downloaded(page, () => chart.getByRole("button", { name: /^Download as SVG/ }).click());
  expect(svg.name).toBe("countries.svg");
  // A page of its own, as the file is opened without the rules of the server.
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
  expect(svg.text, "colours stand in the file itself").not.toContain("var(");
});

test.each(Object.keys(sizes) as (keyof typeof sizes)[])(
  "no text of a chart is cut off, on a %s and in its file",
  async (size) => {
    const page = await open("/", { size });
    await page.locator("#regions").scrollIntoViewIfNeeded();
    /** The texts of a drawing that reach beyond its sides. */
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
      expect(await chart.locator(".plot > svg").evaluate(cutOff)).toEqual([]);
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

test("the curves of a chart are dashed in its key as they are drawn, and none is of the one country that is shown", async () => {
  const page = await open("/#concentration");
  const chart = page.locator("#concentration");
  await chart.getByText("Partner countries: Gini").waitFor();
  const dashes = (marks: string) =>
    chart.locator(marks).evaluateAll((drawn) => drawn.map((mark) => mark.getAttribute("stroke-dasharray") ?? "none"));
  // The first is the diagonal.
  const drawn = (await dashes(".plot [aria-label=line]")).slice(1);
  expect(await dashes(".key path")).toEqual(drawn);
  expect(new Set(drawn).size).toBe(4);

  await page.goto("/?country=JP#concentration");
  await chart.getByText("Partner communities: Gini").waitFor();
  expect(await chart.getByText("Partner countries: Gini").count()).toBe(0);
});

test("on paper and in files the colours are those of the light theme, whatever the screen shows", async () => {
  const seen: Record<string, { map: number[]; chart: string }> = {};
  for (const theme of themes) {
    const page = await open("/#countries", { theme });
    await page.locator("#countries").getByRole("button", { name: "Table", exact: true }).waitFor();
    let map: number[] | null = null;
    // The ground comes after the numbers; till then an empty map is printed.
    await expect
      .poll(async () => {
        await page.pdf();
        map = await page.locator(".map img").first().evaluate(middleOf);
        return map;
      })
      .not.toBeNull();
    const { text } = await downloaded(page, () =>
      page
        .locator("#countries")
        .getByRole("button", { name: /^Download as SVG/ })
        .click(),
    );
    seen[theme] = { map: map ?? [], chart: text };
  }
  expect(seen["dark"]).toEqual(seen["light"]);
});

test("where the system forces its colours, the map and its legend keep theirs", async () => {
  const page = await open("/");
  const colours = async () => {
    await page.goto("/");
    await matchingCount(page, await countOf()).waitFor();
    const swatches = await page
      .locator(".swatch")
      .evaluateAll((found) => found.map((swatch) => getComputedStyle(swatch).backgroundColor));
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
  await expect.poll(async () => (await colours()).sea[3]).toBe(255);
  const own = await colours();
  await page.emulateMedia({ forcedColors: "active" });
  await expect.poll(colours).toEqual(own);
});

/** Returns the color in the middle of an image, which is sea on the whole map; null if nothing is drawn. */
async function middleOf(image: SVGElement | HTMLElement): Promise<number[] | null> {
  if (!(image instanceof HTMLImageElement)) throw new Error("not an image");
  await image.decode();
  const { naturalWidth: width, naturalHeight: height } = image;
  const context = Object.assign(document.createElement("canvas"), { width, height }).getContext("2d");
  context?.drawImage(image, 0, 0);
  const [red = 0, green = 0, blue = 0, alpha] = context?.getImageData(width / 2, height / 2, 1, 1).data ?? [];
  return alpha === 255 ? [red, green, blue] : null;
}
