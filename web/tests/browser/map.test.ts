import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { fitMap, placement, toTransform } from "../../src/map/camera.ts";
import { curveBetween } from "../../src/map/curve.ts";
import { type Point, pacificProjection } from "../../src/map/projection.ts";
import { countOf, map, matchingCount, panel, panelShows, shownAs, title } from "./atlas.ts";
import { open, queryApi, useBrowser } from "./browser.ts";

useBrowser();

interface Partnership {
  slug: string;
  us: Place;
  partner: Place;
}
interface Place {
  name: string;
  location: { latitude: number; longitude: number };
}

async function partnershipOf(slug: string): Promise<Partnership> {
  const { partnership } = await queryApi<{ partnership: Partnership }>(
    "query ($slug: String!) { partnership(slug: $slug) { slug ...Ends } } fragment Ends on Partnership { us { name location { latitude longitude } } partner { name location { latitude longitude } } }",
    { slug },
  );
  return partnership;
}

/** Returns the middle of the line of a partnership in pixels of the window, while the whole map is visible. */
async function middleOf(page: Page, { us, partner }: Partnership): Promise<Point> {
  const frame = await map(page).boundingBox();
  const projection = pacificProjection();
  const at = ({ location: { longitude, latitude } }: Place): Point => [longitude, latitude];
  const curve = curveBetween(projection, at(us), at(partner));
  if (!frame || !curve) throw new Error("not on the map");
  const fit = fitMap(frame.width, frame.height);
  const { scale, x, y } = placement(fit, toTransform(projection, fit, null, frame.width, frame.height));
  const middle = (axis: 0 | 1) => (curve.from[axis] + 2 * curve.control[axis] + curve.to[axis]) / 4;
  return [frame.x + x + middle(0) * scale, frame.y + y + middle(1) * scale];
}

/** Returns the color that the map shows at a pixel of the window: that of the upper canvas if it is not transparent. */
const colorAt = (page: Page, [x, y]: Point) =>
  page.locator(".map canvas").evaluateAll(
    (canvases, [x, y]) =>
      canvases.map((canvas) => {
        const { left, top, width } = canvas.getBoundingClientRect();
        const { width: pixels } = canvas as HTMLCanvasElement;
        const at = [((x - left) * pixels) / width, ((y - top) * pixels) / width] as const;
        return [...((canvas as HTMLCanvasElement).getContext("2d")?.getImageData(...at, 1, 1).data ?? [])].join(" ");
      }),
    [x, y] as const,
  );

test("a line and its row light each other, and a click on the line opens the partnership", async () => {
  const partnership = await partnershipOf("or-portland--jp-sapporo");
  const page = await open("/?select=city:us-or-portland&map=-178.00,20.00,1.00");
  const row = panel(page)
    .locator("details.partnership")
    .filter({ hasText: new RegExp(`^\\s*${partnership.partner.name}`) });
  await row.waitFor();
  const middle = await middleOf(page, partnership);
  await expect
    .poll(async () => {
      await page.mouse.move(middle[0] - 1, middle[1]);
      await page.mouse.move(...middle);
      return page.locator(".tooltip").allTextContents();
    })
    .toEqual([expect.stringContaining(`Portland – ${partnership.partner.name}, since`)]);
  await expect.poll(() => row.getAttribute("class")).toContain("lit");

  await page.mouse.move(middle[0], middle[1] + 200);
  await expect.poll(() => row.getAttribute("class")).not.toContain("lit");
  const before = await colorAt(page, middle);
  await row.locator("summary").focus();
  await expect.poll(() => colorAt(page, middle)).not.toEqual(before);

  await page.mouse.click(...middle);
  await title(page, `Portland – ${partnership.partner.name}`).waitFor();
  expect(new URL(page.url()).searchParams.get("select")).toBe(`tie:${partnership.slug}`);
  // The map has moved to the partnership by itself, and the address does not record what follows from the selection.
  await page.getByRole("button", { name: "Show the whole map" }).and(page.locator(":enabled")).waitFor();
  expect(new URL(page.url()).searchParams.get("map")).toBeNull();
  await page.getByRole("button", { name: "Show the whole map" }).click();
  await expect.poll(() => new URL(page.url()).searchParams.get("map")).toMatch(/,1\.00$/);
});

test("a wide line names its state and country and opens their partnerships", async () => {
  const page = await open("/");
  await matchingCount(page, await countOf()).waitFor();
  const { state, country } = await queryApi<Record<"state" | "country", Place>>(
    '{ state(code: "HI") { name location { latitude longitude } } country(code: "JP") { name location { latitude longitude } } }',
  );
  const count = await countOf({ state: { code: { eq: "HI" } }, country: { code: { eq: "JP" } } });
  const middle = await middleOf(page, { slug: "", us: state, partner: country });
  await expect
    .poll(async () => {
      await page.mouse.move(middle[0] - 1, middle[1]);
      await page.mouse.move(...middle);
      return page.locator(".tooltip").allTextContents();
    })
    .toEqual([expect.stringContaining(`Hawaii – Japan: ${count} partnerships`)]);
  await page.mouse.click(...middle);
  await panelShows(page, "Hawaii", count);
});

test("the year bar shows what existed in a year as the API counts it, and the address keeps the year", async () => {
  const page = await open("/");
  await matchingCount(page, await countOf()).waitFor();
  const { partnerships } = await queryApi<{
    partnerships: { timeline: { year: number; existing: number; established: number; unknown: number }[] };
  }>("{ partnerships(first: 0) { timeline { year existing established unknown } } }");
  const rows = partnerships.timeline;
  const bar = page.getByRole("group", { name: "Year shown on the map" });
  const first = rows[0];
  if (!first) throw new Error("no years");
  // With reduced motion, the button moves on by ten years instead of playing.
  await bar.getByRole("button", { name: "Ten years later" }).click();
  await bar.getByText(String(first.year), { exact: true }).waitFor();
  await bar.getByRole("slider", { name: "Year" }).fill("1985");
  const row = rows.find(({ year }) => year === 1985);
  const text = `1985 ${shownAs(row?.existing ?? NaN)} existed, ${row?.established} founded that year. ${shownAs(first.unknown)} of unknown year are not shown.`;
  const shown = async () => (await bar.locator("p").innerText()).replace(/\s+/g, " ");
  await expect.poll(shown).toContain(text);
  expect(new URL(page.url()).searchParams.get("year")).toBe("1985");
  // The map shows as many partnerships of Japan as the API counts for that year.
  const inJapan = await countOf({ country: { code: { eq: "JP" } }, existedIn: { year: 1985 } });
  const { country } = await queryApi<{ country: Place }>(
    '{ country(code: "JP") { name location { latitude longitude } } }',
  );
  const [x, y] = await middleOf(page, { slug: "", us: country, partner: country });
  await page.mouse.move(x, y);
  await page.locator(".tooltip").getByText(`Japan: ${inJapan} partnerships`).waitFor();
  await page.reload();
  await expect.poll(shown).toContain(text);
  await bar.getByRole("button", { name: "All years" }).click();
  await expect.poll(() => new URL(page.url()).search).toBe("");
});

test("the key explains lines, widths, circles, and signs", async () => {
  const page = await open("/");
  const key = page.getByTestId("map-key");
  await key.waitFor();
  for (const text of [
    "in a state or country",
    "between a state and a country",
    "one partnership",
    "ended",
    "dormant",
    "selected place",
  ])
    await key.getByText(text, { exact: true }).waitFor();
});
