import { expect, test } from "vitest";
import type { ComparedPairFragment, DifferenceHolds, TestFragment } from "../graphql/generated.ts";
import { type Group, rankGroups } from "./ranking.ts";

const group = (slug: string, name: string, percent: number, isPlural = false): Group => ({
  slug,
  name,
  inGroup: `in ${name}`,
  isPlural,
  percent,
});
const range = (low: number, high: number) => ({ low, high });
const regions = "every respondent is in one of the four regions";

function pair(
  a: string,
  b: string,
  holds: DifferenceHolds,
  [zLow, zHigh]: [number, number],
  more: Partial<TestFragment> = {},
): ComparedPairFragment {
  const test: TestFragment = {
    kind: "SEPARATE_GROUPS",
    assumption: null,
    holds,
    zLow,
    zHigh,
    baseA: range(10, 500),
    baseB: range(4, 600),
    holdsFrom: null,
    designEffectLimit: null,
    ...more,
  };
  return { a: { slug: a }, b: { slug: b }, tests: [test] };
}

const quality = { subject: "Awareness", predicate: "know of a partnership" };
const [west, northeast, south, midwest] = [
  group("west", "the West", 46),
  group("northeast", "the Northeast", 28),
  group("south", "the South", 26),
  group("midwest", "the Midwest", 25),
];
const four = [midwest, south, west, northeast];

/** The results of the published figures: the golden values of the method. */
const published = [
  pair("west", "all", "FOR_EVERY_FEASIBLE_BASE", [4.665, 8.3148], { assumption: regions }),
  pair("all", "northeast", "DEPENDS_ON_THE_BASE", [0.2585, 5.9706], { assumption: regions }),
  pair("all", "south", "DEPENDS_ON_THE_BASE", [0.2, 7], { assumption: regions }),
  pair("all", "midwest", "DEPENDS_ON_THE_BASE", [0.242, 7.9524], { assumption: regions }),
  pair("west", "northeast", "DEPENDS_ON_THE_BASE", [1.472, 6.3294], { assumption: regions, holdsFrom: 33 }),
  pair("south", "west", "DEPENDS_ON_THE_BASE", [-7, -1.5], {
    assumption: regions,
    holdsFrom: 28,
    baseA: range(4, 600),
    baseB: range(170, 472),
  }),
  pair("west", "midwest", "DEPENDS_ON_THE_BASE", [0.8155, 8.292], { assumption: regions, holdsFrom: 25 }),
  pair("northeast", "south", "FOR_NO_FEASIBLE_BASE", [0.0956, 1.156], { assumption: regions }),
  pair("northeast", "midwest", "FOR_NO_FEASIBLE_BASE", [0.107, 1.5222], { assumption: regions }),
  pair("south", "midwest", "FOR_NO_FEASIBLE_BASE", [0, 0.749], { assumption: regions }),
];

test("one region stands apart, and the others cannot be ranked", () => {
  expect(rankGroups(four, published, quality, "all")).toEqual({
    headline: "The West (46%) stands apart; the other three (25% to 28%) cannot be ranked.",
    values: "46% in the West, 28% in the Northeast, 26% in the South, and 25% in the Midwest know of a partnership.",
    details: [
      "Awareness is higher in the West than in the rest of the sample, for every sample size that the published percentages allow.",
      "The difference is always significant between the West and the Northeast if at least 33 respondents are in the Northeast; between the West and the South if at least 28 respondents are in the South; between the West and the Midwest if at least 25 respondents are in the Midwest.",
      "No feasible sample size makes the difference significant between any two of the Northeast, the South, and the Midwest.",
    ],
    assumptions: [regions],
  });
});

test("without the comparison with the rest, differences that depend on the sizes rank nothing", () => {
  expect(rankGroups(four, published.slice(4), quality).headline).toBe("The four (25% to 46%) cannot be ranked.");
});

const everyPair = (groups: Group[], holds: DifferenceHolds, z: [number, number]) =>
  groups.flatMap((a, index) => groups.slice(index + 1).map((b) => pair(a.slug, b.slug, holds, z)));
const inOrder = [west, northeast, south, midwest];

test("if all differ, all are ranked", () => {
  const { headline, details } = rankGroups(four, everyPair(inOrder, "FOR_EVERY_FEASIBLE_BASE", [3, 9]), quality);
  expect(headline).toBe(
    "The four (25% to 46%) can be ranked: the West (46%), then the Northeast (28%), then the South (26%), then the Midwest (25%).",
  );
  expect(details).toEqual([
    "For every feasible sample size, awareness is higher in the West than in the Northeast, in the South, and in the Midwest; in the Northeast than in the South and in the Midwest; in the South than in the Midwest.",
  ]);
});

test("if none differ, none are ranked", () => {
  const { headline, details } = rankGroups(four, everyPair(inOrder, "FOR_NO_FEASIBLE_BASE", [-1, 1]), quality, "all");
  expect(headline).toBe("The four (25% to 46%) cannot be ranked.");
  expect(details).toEqual([
    "No feasible sample size makes the difference significant between any two of the West, the Northeast, the South, and the Midwest.",
  ]);
});

test("a chain with gaps names only the pairs that differ", () => {
  const pairs = [
    pair("west", "northeast", "DEPENDS_ON_THE_BASE", [1, 3]),
    pair("west", "south", "FOR_EVERY_FEASIBLE_BASE", [2, 4]),
    pair("midwest", "west", "FOR_EVERY_FEASIBLE_BASE", [-5, -3]),
    pair("northeast", "south", "FOR_NO_FEASIBLE_BASE", [0, 1]),
    pair("northeast", "midwest", "FOR_EVERY_FEASIBLE_BASE", [2, 4]),
    null,
  ];
  const { headline, details } = rankGroups(four, pairs, quality);
  expect(headline).toBe(
    "Of the four (25% to 46%), only some can be ranked: the West above the South and the Midwest; the Northeast above the Midwest.",
  );
  expect(details.slice(1)).toEqual([
    "Whether the difference is significant between the West and the Northeast depends on sample sizes that are not published.",
    "No feasible sample size makes the difference significant between the Northeast and the South.",
    "No test is possible between the South and the Midwest.",
  ]);
});

test("a lowest group can stand apart, and two at both ends", () => {
  const [services, goods, sector] = [
    group("s", "services", 46, true),
    group("g", "goods", 36, true),
    group("p", "the public sector", 20),
  ];
  const pairs = [
    pair("p", "all", "FOR_EVERY_FEASIBLE_BASE", [-9.9, -8.5]),
    pair("s", "all", "DEPENDS_ON_THE_BASE", [1.1, 11.5]),
    pair("s", "p", "FOR_EVERY_FEASIBLE_BASE", [2.2, 10.7]),
    pair("g", "p", "DEPENDS_ON_THE_BASE", [1.2, 6.9], { holdsFrom: 29, baseA: range(11, 642), baseB: range(740, 740) }),
    pair("s", "g", "DEPENDS_ON_THE_BASE", [0.4, 2.9], { holdsFrom: 643 }),
  ];
  expect(rankGroups([sector, services, goods], pairs, quality, "all").headline).toBe(
    "The public sector (20%) stands apart; the other two (36% to 46%) cannot be ranked.",
  );
  const both = [
    ...pairs.filter((one) => one.a.slug !== "s" || one.b.slug !== "all"),
    pair("s", "all", "FOR_EVERY_FEASIBLE_BASE", [7, 9]),
  ];
  expect(rankGroups([sector, services, goods], both, quality, "all").headline).toBe(
    "Services (46%) and the public sector (20%) stand apart, at the two ends.",
  );
});

test("a group that differs from the rest does not stand apart if one other group cannot be told from it", () => {
  const pairs = [
    pair("west", "all", "FOR_EVERY_FEASIBLE_BASE", [2, 4]),
    pair("west", "northeast", "FOR_NO_FEASIBLE_BASE", [0, 1]),
    pair("west", "south", "FOR_EVERY_FEASIBLE_BASE", [3, 5]),
    pair("northeast", "south", "FOR_NO_FEASIBLE_BASE", [0, 1]),
  ];
  expect(rankGroups([west, northeast, south], pairs, quality, "all").headline).toBe(
    "Of the three (26% to 46%), only some can be ranked: the West above the South.",
  );
});

test("two groups, one group, no group, and sizes that no figures allow", () => {
  const two = [west, south];
  const headline = (holds: DifferenceHolds, z: [number, number]) =>
    rankGroups(two, [pair("west", "south", holds, z)], quality).headline;
  expect(headline("FOR_EVERY_FEASIBLE_BASE", [2, 4])).toBe(
    "The two (26% to 46%) can be ranked: the West (46%), then the South (26%).",
  );
  expect(headline("DEPENDS_ON_THE_BASE", [1, 4])).toBe("The two (26% to 46%) cannot be ranked.");
  expect(headline("NOT_FEASIBLE", [0, 0])).toBe("The two (26% to 46%) cannot be ranked.");
  expect(rankGroups([west], [], quality, "all").headline).toBe("");
  expect(rankGroups([], [], quality).headline).toBe("");
});
