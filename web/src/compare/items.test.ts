import { expect, test } from "vitest";
import type { ComparableItemsQuery } from "../graphql/generated.ts";
import { isNamed, matchItems, preferred, toItems } from "./items.ts";

const quantity = { value: 46, unit: "percent", qualifier: "ROUNDED", low: 45.5, high: 46.5 } as const;
const source = { title: "Survey", publisher: null, asOf: "2021" };
const listed = toItems({
  states: {
    nodes: [
      { code: "OR", slug: "us-or", name: "Oregon" },
      { code: "IN", slug: "us-in", name: "Indiana" },
      { code: "HI", slug: "us-hi", name: "Hawaiʻi" },
    ],
  },
  countries: {
    nodes: [
      { code: "IN", code3: "IND", name: "India" },
      { code: "JP", code3: "JPN", name: "Japan" },
    ],
  },
  respondentAggregates: {
    nodes: [
      {
        slug: "aware-yes-west",
        quantity,
        flags: [],
        note: null,
        source,
        outcome: [{ dimension: "AWARENESS", value: "YES" }],
        base: { description: "Respondents in the West", n: null },
        question: { topic: "Knows of a partnership", survey: { title: "Survey of officials", year: 2021 } },
      },
    ],
  },
  publishedStatistics: {
    nodes: [
      {
        slug: "japan",
        subject: "Partnerships with Japan",
        measure: "PARTNERSHIP_COUNT",
        year: null,
        quantity: { ...quantity, unit: "partnerships" },
        flags: [],
        note: null,
        source,
      },
    ],
  },
} as ComparableItemsQuery);

test("the name of a figure has its year once", () => {
  const named = (subject: string, year: number | null) => {
    const figure = { slug: "f", subject, measure: "STUDENT_COUNT", year, quantity, flags: [], note: null, source };
    const answer = { states: { nodes: [] }, countries: { nodes: [] }, respondentAggregates: { nodes: [] } };
    return toItems({ ...answer, publishedStatistics: { nodes: [figure] } } as unknown as ComparableItemsQuery)[0]?.name;
  };
  expect(named("Students from China", 2021)).toBe("Students from China, 2021: 46%");
  expect(named("Students from China, 2020/21", 2021)).toBe("Students from China, 2020/21: 46%");
  expect(named("US exports, 2021", 2021)).toBe("US exports, 2021: 46%");
  expect(named("Partnerships", null)).toBe("Partnerships: 46%");
});

const addresses = (text: string, other = "") =>
  preferred(matchItems(text, listed), other ? matchItems(other, listed) : []).map(({ address }) => address);

test.each([
  ["OR", ["state:OR"]],
  ["us-or", ["state:OR"]],
  ["oregon", ["state:OR"]],
  ["state:Oregon", ["state:OR"]],
  ["jpn", ["country:JP"]],
  ["country:IN", ["country:IN"]],
  ["aware-yes-west", ["figure:aware-yes-west"]],
  ["figure:japan", ["figure:japan"]],
  // A place comes before a figure with the same name.
  ["japan", ["country:JP"]],
  // A code of a state and of a country is ambiguous.
  ["IN", ["state:IN", "country:IN"]],
  ["state:JP", []],
  ["Atlantis", []],
  ["", []],
])("%s", (text, expected) => expect(addresses(text)).toEqual(expected));

test("the kind of the other side decides between items with the same code or name", () => {
  expect(addresses("IN", "OR")).toEqual(["state:IN"]);
  expect(addresses("IN", "JP")).toEqual(["country:IN"]);
  expect(addresses("japan", "aware-yes-west")).toEqual(["figure:japan"]);
});

test("figures are named with their base, year, and number, and grouped by topic", () => {
  expect(listed[0]?.name).toBe("Know of a partnership: yes (Respondents in the West), 2021: 46%");
  expect(listed[1]?.name).toBe("Partnerships with Japan: 46 partnerships");
  expect(listed.slice(0, 2).map(({ group }) => group)).toEqual([
    "Survey: Knows of a partnership",
    "Numbers: Partnerships",
  ]);
});

test("a place is named by its whole name and words of its state, province, or country", () => {
  const portland = { name: "Portland", detail: "Oregon" };
  const kobe = { name: "Kobe", detail: "Hyogo Prefecture, Japan" };
  for (const text of ["Portland", "portland, oregon", "Oregon Portland"])
    expect(isNamed(portland, text), text).toBe(true);
  for (const text of ["kobe japan", "Kōbe, Hyogo Prefecture"]) expect(isNamed(kobe, text), text).toBe(true);
  for (const text of ["Port", "Portlant", "Portland, Maine", "Oregon", ""])
    expect(isNamed(portland, text), text).toBe(false);
});
