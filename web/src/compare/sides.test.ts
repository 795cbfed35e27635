import { expect, test } from "vitest";
import type { ComparedPartnershipsFragment } from "../graphql/generated.ts";
import {
  type Side,
  busiestDecades,
  caveatsOf,
  comparePartners,
  countPartnerships,
  factsTable,
  perMillion,
} from "./sides.ts";

type Node = ComparedPartnershipsFragment["nodes"][number];
const partnership = (
  country: string,
  year: number | null,
  province: string | null,
  more: Partial<Node> = {},
): Node => ({
  status: "LISTED",
  establishedYear: year,
  state: { code: "OR", name: "Oregon" },
  country: { code: country, name: country },
  partner: { __typename: "City", slug: "x", name: "X", province: province ? { slug: province, name: province } : null },
  ...more,
});
const count = (nodes: Node[], isUs = true) =>
  countPartnerships({ totalCount: nodes.length, pageInfo: { hasNextPage: false }, nodes }, isUs);

const side = (name: string, more: Partial<Side> = {}): Side => ({
  name,
  counted: `partnerships?state=${name}`,
  kind: "state",
  isUs: true,
  population: 4_000_000,
  region: { name: "West", aware: { slug: "aware-yes-west", text: "46%" } },
  ...count([
    partnership("Japan", 1959, "Hokkaido"),
    partnership("Japan", 1964, null),
    partnership("Nepal", 1975, "Bagmati"),
  ]),
  ...more,
});

test("partnerships are counted by decade, partner country, and province", () => {
  const counted = count([
    partnership("Japan", 1959, "Hokkaido"),
    partnership("Japan", 1950, null, { status: "ENDED" }),
    partnership("China", null, null, { partner: { __typename: "Province", slug: "Fujian", name: "Fujian" } }),
  ]);
  expect(counted).toMatchObject({ total: 3, ended: 1, undated: 1, isComplete: true });
  expect([...counted.decades]).toEqual([[1950, 2]]);
  expect([...counted.partners.values()]).toEqual([
    { name: "Japan", count: 2 },
    { name: "China", count: 1 },
  ]);
  expect([...counted.provinces.keys()]).toEqual(["Hokkaido", "Fujian"]);
  expect([...count([partnership("Japan", 1959, "Hokkaido")], false).partners.keys()]).toEqual(["OR"]);
  expect(count([partnership("Japan", 1959, "Hokkaido")], false).provinces.size).toBe(0);
  expect(count([partnership("Taiwan", 1980, null), partnership("Japan", 1959, "Hokkaido")], true).withoutProvince).toBe(
    1,
  );
});

test("partners are shared or missing", () => {
  const of = (counts: Record<string, number>) =>
    new Map(Object.entries(counts).map(([key, count]) => [key, { name: key, count }]));
  const { rows, both, onlyA, onlyB } = comparePartners(
    of({ Japan: 26, Nepal: 1 }),
    of({ Japan: 39, China: 9, Fiji: 1 }),
  );
  expect(rows.map(({ name, a, b }) => [name, a, b])).toEqual([
    ["Japan", 26, 39],
    ["China", 0, 9],
    ["Fiji", 0, 1],
    ["Nepal", 1, 0],
  ]);
  expect([both, onlyA, onlyB].map((list) => list.map(({ name }) => name))).toEqual([
    ["Japan"],
    ["Nepal"],
    ["China", "Fiji"],
  ]);
});

test("rates need a population", () => {
  expect(perMillion({ total: 12, population: 4_000_000 })).toBe(3);
  expect(perMillion({ total: 12, population: null })).toBeNull();
  expect(perMillion({ total: 12, population: 0 })).toBeNull();
  const { cells } = factsTable(side("Oregon"), side("Guam", { population: null, region: null, kind: "territory" }));
  expect(cells.find(([label]) => label === "Partnerships per million inhabitants")).toEqual([
    "Partnerships per million inhabitants",
    "0.75",
    "population unknown",
  ]);
  expect(cells.at(-1)?.slice(1)).toEqual(["46%", "not published"]);
});

test("bases that differ are named, and the same bases are not", () => {
  expect(caveatsOf(side("Oregon"), side("Idaho", { region: { name: "West", aware: null } }))).toEqual([
    "Awareness was published for regions, not for states: the West.",
  ]);
  expect(
    caveatsOf(
      side("Japan", { isUs: false, kind: "country", region: null }),
      side("Fiji", { isUs: false, kind: "country", region: null }),
    ),
  ).toEqual([]);
  const guam = side("Guam", { population: null, region: null, kind: "territory", undated: 2, total: 3 });
  expect(caveatsOf(side("Oregon"), guam)).toEqual([
    "Oregon is a state, and Guam is a territory.",
    "The population of Guam is unknown, so the numbers per million inhabitants cannot be compared.",
    "The founding year is unknown for 2 of 3 partnerships of Guam (67%). The decades leave them out, so their heights may differ for that reason alone.",
    "Awareness was published for regions, not for states: the West.",
    "Guam is in none of the four regions, so there is no figure for it.",
  ]);
  expect(caveatsOf(side("Oregon"), side("Idaho"))).toContain(
    "Both are in the same region, so the percentage is the same figure.",
  );
  expect(caveatsOf(side("Oregon"), side("Kobe", { isUs: false, isComplete: false, region: null }))).toEqual(
    expect.arrayContaining([
      "Oregon and Kobe are on different sides of the Pacific, so they cannot share partners.",
      "Kobe has too many partnerships to compare all of them; decades and partners are incomplete.",
    ]),
  );
});

test("the decades with the most partnerships are named", () => {
  const of = (name: string, ...years: number[]) =>
    side(name, count(years.map((year) => partnership("Japan", year, null))));
  const oregon = of("Oregon", 1980, 1985, 1991);
  const undated = (name: string) => side(name, count([partnership("Japan", null, null)]));
  expect(busiestDecades(oregon, of("Washington", 1981))).toBe(
    "The 1980s have the most partnerships of both: 2 of Oregon, 1 of Washington.",
  );
  expect(busiestDecades(oregon, of("Guam", 1971, 1999))).toBe(
    "The 1980s have the most partnerships of Oregon (2), the 1970s and 1990s of Guam (1 each).",
  );
  expect(busiestDecades(undated("Guam"), oregon)).toBe(
    "The 1980s have the most partnerships of Oregon (2); no founding year of Guam is known.",
  );
  expect(busiestDecades(undated("Guam"), undated("Utah"))).toBe("No founding year is known.");
});

test("a side without partnerships is not one whose founding years are unknown", () => {
  const [none, undated] = [side("Guam", count([])), side("Utah", count([partnership("Japan", null, null)]))];
  expect(busiestDecades(side("Oregon"), none)).toMatch(/; Guam has no partnership on record\.$/);
  expect(busiestDecades(undated, none)).toBe(
    "No founding year of Utah is known and Guam has no partnership on record.",
  );
  expect(busiestDecades(none, side("Samoa", count([])))).toBe("Guam and Samoa have no partnership on record.");
});
