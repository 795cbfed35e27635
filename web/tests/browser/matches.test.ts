import { expect, test } from "vitest";
import { geoDistance } from "d3-geo";
import { fitMap } from "../../src/map/camera.ts";
import { pacificProjection } from "../../src/map/projection.ts";
import { formatDistance } from "../../src/wording/format.ts";
import { map, panel, panelShows, results, search, title } from "./atlas.ts";
import { open, queryApi, useBrowser } from "./browser.ts";

useBrowser();

interface Place {
  slug: string;
  name: string;
  location: { latitude: number; longitude: number };
}

test("a place without a partnership shows what its state has and the nearest places with a partner", async () => {
  const page = await open("/?select=city:us-ks-topeka");
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
  const frame = await map(page).boundingBox();
  if (!frame) throw new Error("no map");
  const { scale, left, top: above } = fitMap(frame.width, frame.height);
  const [x = NaN, y = NaN] = pacificProjection()(at(city)) ?? [];
  await page.mouse.move(frame.x + left + x * scale, frame.y + above + y * scale);
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
