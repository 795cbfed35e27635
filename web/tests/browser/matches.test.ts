import { geoDistance } from "d3-geo";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { fitMap } from "../../src/map/camera.ts";
import { pacificProjection } from "../../src/map/projection.ts";
import { reasonText } from "../../src/matches/matches.ts";
import type { ReasonFragment } from "../../src/graphql/generated.ts";
import { formatDistance } from "../../src/wording/format.ts";
import { map, panel, panelShows, results, search, title } from "./atlas.ts";
import { open, queryApi, sizes, useBrowser } from "./browser.ts";

useBrowser();

/** The camera of the whole map; without it, the map shows the selected place and its matches. */
const WHOLE_MAP = "map=-178.00,20.00,1.00";

/** Returns where the whole map shows a location, in pixels of the window. */
async function pointOnMap(page: Page, location: { latitude: number; longitude: number }): Promise<[number, number]> {
  const frame = await map(page).boundingBox();
  const point = pacificProjection()([location.longitude, location.latitude]);
  if (!frame || !point) throw new Error("not on the map");
  const { scale, left, top } = fitMap(frame.width, frame.height);
  return [frame.x + left + point[0] * scale, frame.y + top + point[1] * scale];
}

interface Place {
  slug: string;
  name: string;
  location: { latitude: number; longitude: number };
}

test("a place without a partnership shows what its state has and the nearest places with a partner", async () => {
  const page = await open(`/?select=city:us-ks-topeka&${WHOLE_MAP}`);
  await panelShows(page, "Topeka", 0);
  const { state, city, cities } = await queryApi<{
    state: { partnerships: { totalCount: number; groups: { key: { label: string }[]; count: number }[] } };
    city: Place;
    cities: { nodes: Place[] };
  }>(
    `{ state(code: "KS") { partnerships { totalCount groups(by: COUNTRY, first: 1) { key { label } count } } }
       city(slug: "us-ks-topeka") { location { latitude longitude } }
       cities(filter: { state: { region: [MIDWEST] }, partnershipCount: { gte: 1 } }, first: 1000) {
         nodes { slug name location { latitude longitude } }
       } }`,
  );
  const text = panel(page).locator("p").filter({ hasText: "Top countries" });
  const top = state.partnerships.groups[0];
  await text.waitFor();
  expect(await text.textContent()).toMatch(
    new RegExp(`^\\s*Kansas\\s+has ${state.partnerships.totalCount} .*: ${top?.key[0]?.label} \\(${top?.count}\\)`),
  );
  const at = ({ location }: Pick<Place, "location">) => [location.longitude, location.latitude] as [number, number];
  const near = cities.nodes
    .map((place) => ({ place, km: 6371 * geoDistance(at(city), at(place)) }))
    .sort((a, b) => a.km - b.km);
  const shown = await panel(page).locator("ul.near li").allTextContents();
  expect(shown).toHaveLength(3);
  for (const [index, { place, km }] of near.slice(0, 3).entries()) {
    expect(shown[index]).toContain(place.name);
    expect(shown[index]).toContain(formatDistance(km));
  }
  // The map marks Topeka, and the mark answers the pointer.
  await page.mouse.move(...(await pointOnMap(page, city.location)));
  await page.locator(".tooltip").getByText("Topeka: 0 partnerships").waitFor();

  await panel(page).getByRole("button", { name: near[0]?.place.name }).click();
  await title(page, near[0]?.place.name ?? "").waitFor();
});

test("a search that finds nothing says so, and tries less of the text", async () => {
  const page = await open("/");
  await search(page).pressSequentially("Qwxyzzy, Kansas");
  const status = page.locator(".results p");
  await status.filter({ hasText: "Nothing found for “Qwxyzzy, Kansas”. For “Kansas”:" }).waitFor();
  await results(page)
    .getByRole("option", { name: /^Kansas/ })
    .first()
    .click();
  await title(page, "Kansas").waitFor();
  await search(page).pressSequentially("qwxyzzy");
  await status.filter({ hasText: "Nothing found for “qwxyzzy”. A place without" }).waitFor();
});

interface Matches {
  matches: {
    totalCount: number;
    barredCount: number;
    nodes: {
      score: number;
      city: { slug: string; name: string; location: { latitude: number; longitude: number } | null };
      reasons: ReasonFragment[];
      restrictions: { law: string; url: string; effect: string }[];
    }[];
  };
}
const matchesOf = async (slug: string, rest = "first: 3") =>
  (
    await queryApi<Matches>(
      `query ($for: String!) { matches(for: $for, ${rest}) {
         totalCount barredCount
         nodes { score city { slug name location { latitude longitude } } reasons { feature contribution text } restrictions { law url effect } }
       } }`,
      { for: slug },
    )
  ).matches;
const list = (page: Page) => page.getByTestId("matches");
const rows = (page: Page) => list(page).locator("ol > li");
const namesOf = (page: Page) => rows(page).locator("h3 button").allTextContents();

test.each(Object.keys(sizes) as (keyof typeof sizes)[])(
  "Topeka finds three candidate partners with reasons and restrictions within a minute on a %s",
  async (size) => {
    const start = performance.now();
    const page = await open("/", { size });
    await search(page).pressSequentially("Topeka", { delay: 100 });
    await results(page)
      .getByRole("option", { name: /^Topeka/ })
      .first()
      .click();
    await rows(page).nth(2).waitFor();
    const seconds = (performance.now() - start) / 1000;
    console.log(`three matches of Topeka on a ${size}: ${seconds.toFixed(1)} s after opening the page`);

    const { nodes } = await matchesOf("us-ks-topeka");
    expect(await namesOf(page)).toEqual(nodes.map(({ city }) => city.name));
    for (const [index, { reasons }] of nodes.entries()) {
      const strongest = reasons
        .filter(({ contribution }) => contribution > 0)
        .sort((a, b) => b.contribution - a.contribution)
        .slice(0, 3);
      const row = rows(page).nth(index);
      expect(await row.locator("ul.strongest li").allTextContents()).toEqual(strongest.map(reasonText));
      await row.getByText("All 8 reasons").click();
      const table = await row.locator("table").textContent();
      for (const reason of reasons) expect(table).toContain(reasonText(reason));
    }
    const text = await list(page).textContent();
    expect(text).toContain("none is on file, which does not mean that none exists. This is not legal advice.");
    expect(text).not.toMatch(/recommend|\blikely\b/i);
  },
);

test("every capital without a partnership has matches", async () => {
  const { cities } = await queryApi<{ cities: { nodes: { slug: string; name: string }[] } }>(
    "{ cities(filter: { partnershipCount: { eq: 0 } }, first: 100) { nodes { slug name } } }",
  );
  expect(cities.nodes.length).toBeGreaterThan(10);
  const page = await open("/");
  for (const { slug, name } of cities.nodes) {
    await page.goto(`/?select=city:${slug}`);
    await title(page, name).waitFor();
    await rows(page).nth(2).waitFor();
    await panel(page).getByRole("heading", { name: "Nearest places with a partner" }).waitFor();
  }
});

test("matches can be restricted to a country, weighted by equity, and extended", async () => {
  const page = await open("/?select=city:us-ks-topeka");
  await rows(page).nth(2).waitFor();
  await list(page).getByLabel("Country of the match").selectOption("JP");
  const inJapan = 'first: 3, filter: { country: { code: { eq: "JP" } } }';
  const japanese = await matchesOf("us-ks-topeka", inJapan);
  await expect.poll(() => namesOf(page)).toEqual(japanese.nodes.map(({ city }) => city.name));
  await list(page).getByLabel("Prefer places with few partnerships").selectOption("Only: fewest partnerships first");
  const fair = await matchesOf("us-ks-topeka", `${inJapan}, equityWeight: 1`);
  await expect.poll(() => namesOf(page)).toEqual(fair.nodes.map(({ city }) => city.name));
  await list(page)
    .getByRole("button", { name: /^Show 10 more/ })
    .click();
  await expect.poll(() => rows(page).count()).toBe(13);
  expect(await rows(page).first().textContent()).toMatch(/evenly|as before/);
});

test("candidates that a law rules out are counted, and shown with the law on request", async () => {
  const page = await open("/?select=city:us-tx-dallas");
  await panel(page).getByText("Places that match Dallas").click();
  const { barredCount } = await matchesOf("us-tx-dallas");
  expect(barredCount).toBeGreaterThan(0);
  await list(page).getByText(`${barredCount} candidates are left out because of a law.`).waitFor();
  await list(page).getByLabel("Country of the match").selectOption("CN");
  await list(page).getByText("No candidates here.").waitFor();
  await list(page).getByLabel("Include candidates that a law rules out").check();
  await rows(page).first().waitFor();
  const { nodes } = await matchesOf(
    "us-tx-dallas",
    'first: 1, includeBarred: true, filter: { country: { code: { eq: "CN" } } }',
  );
  const restriction = nodes[0]?.restrictions[0];
  expect(restriction?.effect).toBe("BARRED");
  await rows(page).first().getByText("Ruled out by law").waitFor();
  const link = rows(page).first().getByRole("link", { name: restriction?.law });
  expect(await link.getAttribute("href")).toBe(restriction?.url);
});

test("the map marks the matches, and a mark opens its place", async () => {
  const page = await open(`/?select=city:us-ks-topeka&${WHOLE_MAP}`);
  await rows(page).nth(2).waitFor();
  const { nodes } = await matchesOf("us-ks-topeka");
  const match = nodes[0]?.city;
  if (!match?.location) throw new Error("no location");
  await page.mouse.click(...(await pointOnMap(page, match.location)));
  await title(page, match.name).waitFor();
  expect(new URL(page.url()).searchParams.get("select")).toBe(`city:${match.slug}`);
});

test("a state has no matches and leads to its places", async () => {
  const page = await open("/?select=state:KS");
  await panel(page).getByText("Only cities and counties have matches.").waitFor();
  await panel(page)
    .getByText(/^Matches for a place in Kansas/)
    .click();
  await panel(page).getByRole("button", { name: "Topeka", exact: true }).click();
  await panelShows(page, "Topeka", 0);
  await rows(page).nth(2).waitFor();
});

test("the page says how good the model is, with the method one link away", async () => {
  const page = await open("/?select=city:us-ks-topeka");
  const { matchModel: tested } = await queryApi<{ matchModel: { metrics: Record<string, string | number>[] } }>(
    "{ matchModel { metrics { split method measure value } } }",
  );
  const cases = (method: string, measure: string, split = "random") => {
    const row = tested.metrics.find((row) => row.split === split && row.method === method && row.measure === measure);
    return Math.round(Number(row?.value) * 100);
  };
  const [all, alike, later] = ["hits@10 of all candidates", "hits@10 of 100", "signed 2000 or later"] as const;
  for (const text of [
    `of all candidates in ${cases("model", all)} of 100 cases, not reliably more than by the number of partnerships, most first (${cases("most partnerships first", all)}).`,
    `in ${cases("model", alike)} of 100 cases (by chance in ${cases("random", alike)})`,
    `for partnerships ${later}, in ${cases("model", alike, later)} (${cases("random", alike, later)}).`,
  ])
    await list(page).getByText(text).waitFor();
  await list(page).getByText("More about the test").click();
  await list(page)
    .getByText(/one of the first ten in \d+ of 100 cases \(95% interval: \d+ to \d+\)/)
    .first()
    .waitFor();
  expect(await list(page).textContent()).toContain("This is not a forecast");
  await list(page).getByRole("link", { name: "How matches are computed" }).click();
  await page.getByTestId("match-features").waitFor();
  const { matchModel } = await queryApi<{ matchModel: { coefficients: { coefficient: number }[] } }>(
    "{ matchModel { coefficients { coefficient } } }",
  );
  expect(await page.getByTestId("match-features").locator("tbody tr").count()).toBe(matchModel.coefficients.length);
  await expect
    .poll(() => page.locator("#matches").evaluate((heading) => Math.abs(heading.getBoundingClientRect().top)))
    .toBeLessThan(120);
});
