import { expect, test } from "vitest";
import { toCsv } from "../charts/csv.ts";
import {
  type Pair,
  type Places,
  type Plan,
  changesOf,
  nearbyCountries,
  sideOf,
  stepsOf,
  toMapPartnerships,
  toPairTable,
} from "./plan.ts";

const place = (slug: string, name: string, totalCount: number) => ({
  slug,
  name,
  kind: "CITY" as const,
  population: null,
  isCapital: false,
  location: { latitude: 0, longitude: 0 },
  partnerships: { totalCount },
});
const pair = (us: string, state: string, partner: string, country: string, restrictions: Pair["restrictions"] = []) =>
  ({
    giniChange: -0.001,
    score: 2.5,
    us: { ...place(`us-${us}`, us, 1), state: states.nodes.find(({ code }) => code === state) ?? null },
    partner: {
      ...place(`xx-${partner}`, partner, 2),
      province: null,
      country: { code: country, name: country === "JP" ? "Japan" : "Korea, South" },
    },
    restrictions,
  }) satisfies Pair;
const state = (code: string, name: string, totalCount: number, region: "SOUTH" | "NORTHEAST" | null) => ({
  code,
  name,
  kind: "STATE" as const,
  population: null,
  location: null,
  region: region && { name: region },
  partnerships: { totalCount },
  cities: { totalCount: 2, nodes: [] },
});
const states = {
  nodes: [
    state("RI", "Rhode Island", 2, "NORTHEAST"),
    state("MS", "Mississippi", 2, "SOUTH"),
    state("VT", "Vermont", 3, "NORTHEAST"),
    state("DC", "District of Columbia", 3, null),
  ],
};
const places: Places = { states, countries: { nodes: [] } };
const plan = {
  pairs: [
    pair("Jackson", "MS", "Akita", "JP"),
    pair("Providence", "RI", "Jeju", "KR"),
    pair("Newport", "RI", "Timaru, North", "JP", [
      {
        slug: "law",
        effect: "UNCLEAR",
        law: "Code 1",
        text: "",
        from: null,
        until: null,
        url: "",
        certainty: "UNVERIFIED",
      },
    ]),
    pair("Washington", "DC", "Niigata", "JP"),
  ],
} as Pick<Plan, "pairs"> as Plan;

test("each step counts the partnerships that the plan has already added", () => {
  expect(stepsOf(plan, "STATE", places).map((step) => step && [step.name, step.before, step.after])).toEqual([
    ["Mississippi", 2, 3],
    ["Rhode Island", 2, 3],
    ["Rhode Island", 3, 4],
    ["District of Columbia", 3, 4],
  ]);
});

test("a group is full if all of its places have a new partner", () => {
  const full = (by: "STATE" | "REGION" | "US_COMMUNITY") =>
    changesOf(stepsOf(plan, by, places)).flatMap(({ name, isFull }) => (isFull ? name : []));
  expect(full("STATE")).toEqual(["Rhode Island"]);
  expect(full("REGION")).toEqual([]);
  expect(full("US_COMMUNITY"), "each community receives only one").toEqual([]);
});

test("the changes of a group are combined, and a pair outside all groups has none", () => {
  const changes = changesOf(stepsOf(plan, "REGION", places));
  expect(changes.map(({ name, before, after }) => [name, before, after])).toEqual([
    ["the South", 2, 3],
    ["the Northeast", 5, 7],
  ]);
  expect(changesOf(stepsOf(plan, "PARTNER_COMMUNITY", places))).toHaveLength(4);
});

test("the map gets one partnership for each pair", () => {
  const drawn = toMapPartnerships(plan.pairs);
  expect(drawn.map(({ slug }) => slug)).toContain("us-Providence--xx-Jeju");
  expect(drawn[0]).toMatchObject({ state: { code: "MS" }, country: { code: "JP" }, us: { __typename: "City" } });
});

test("the pairs as CSV", () => {
  const lines = toCsv(toPairTable(plan.pairs)).split("\r\n");
  expect(lines[0]).toBe(
    "order,us_slug,us_name,state,partner_slug,partner_name,province,country,gini_change,score,restrictions",
  );
  expect(lines[3]).toBe('3,us-Newport,Newport,RI,"xx-Timaru, North","Timaru, North",,JP,-0.001,2.5,Code 1 (UNCLEAR)');
  expect(lines).toHaveLength(6);
});

test("a side of a plan has the places of the chosen areas, or of all", () => {
  const area = (code: string, totalCount: number) => ({ code, name: `Name of ${code}`, cities: { totalCount } });
  const areas = [area("JP", 5), area("KP", 0), area("MN", 2)];
  expect(sideOf(areas, ["KP", "MN"])).toEqual({ names: ["Name of KP", "Name of MN"], places: 2 });
  expect(sideOf(areas, [])).toEqual({ names: [], places: 7 });
});

test("near a country are those of its subregion that have places", () => {
  const country = (code: string, subregion: "EAST_ASIA" | "OCEANIA", totalCount: number) => ({
    code,
    name: code,
    subregion,
    population: null,
    location: null,
    partnerships: { totalCount: 0 },
    cities: { totalCount },
  });
  const nodes = [
    country("JP", "EAST_ASIA", 5),
    country("HK", "EAST_ASIA", 0),
    country("KP", "EAST_ASIA", 0),
    country("FJ", "OCEANIA", 1),
  ];
  expect(nearbyCountries({ states, countries: { nodes } }, ["KP"]).map(({ code }) => code)).toEqual(["JP"]);
});
