import { expect, test } from "vitest";
import type { MapCountry, ShadedPlace } from "../atlas/partnerships.ts";
import type { Dot } from "./endpoints.ts";
import { labelsOf } from "./labels.ts";
import { pacificProjection } from "./projection.ts";
import type { Shape } from "./base-map.ts";

const projection = pacificProjection();
const country = (code: string, name: string, latitude: number, longitude: number): ShadedPlace<MapCountry> => ({
  place: { code, name, subregion: "OCEANIA", population: null, location: { latitude, longitude } },
  count: 1,
  value: 1,
});
const shape = (code: string, [x, y]: [number, number], size: number) =>
  ({
    kind: "country",
    code,
    bounds: [
      [x - size / 2, y - size / 2],
      [x + size / 2, y + size / 2],
    ],
  }) as Shape;

test("a label goes below a place that it would cover, and on a place that is large enough", () => {
  const [palau, australia, micronesia] = [
    country("PW", "Palau", 7.5, 134.6),
    country("AU", "Australia", -25, 134),
    country("FM", "Micronesia", 7, 158),
  ];
  const at = ({ place: { location } }: ShadedPlace<MapCountry>) =>
    projection([location?.longitude ?? 0, location?.latitude ?? 0]) as [number, number];
  const shapes = [shape("PW", at(palau), 2), shape("AU", at(australia), 160), shape("FM", at(micronesia), 60)];
  const labels = labelsOf(
    {
      states: [],
      countries: [palau, australia, micronesia],
      shapes,
      dots: [],
      named: new Set(),
      emphasized: [],
      radiusOf: (_, code) => (code === "FM" ? 4 : 0),
      dotRadiusOf: () => 0,
    },
    projection,
    3,
    3,
  );
  const away = (name: string) => labels.find(({ text }) => text === name)?.away;
  expect(away("Palau")).toBeGreaterThan(0);
  expect(away("Micronesia"), "it has a circle").toBeGreaterThan(4);
  expect(away("Australia")).toBe(0);
});

test("the number of partnerships decides before the population", () => {
  const of = (name: string, count: number, population: number): ShadedPlace<MapCountry> => {
    const { place, ...rest } = country(name, name, 36, 138);
    return { ...rest, place: { ...place, population }, count };
  };
  const labels = labelsOf(
    {
      states: [],
      countries: [of("India", 44, 1.4e9), of("South Korea", 121, 5e7), of("Australia", 51, 2.6e7)],
      shapes: [],
      dots: [],
      named: new Set(),
      emphasized: [],
      radiusOf: () => 0,
      dotRadiusOf: () => 0,
    },
    projection,
    1,
    1,
  );
  expect(labels.map(({ text }) => text)).toEqual(["South Korea", "Australia", "India"]);
});

test("only the most important places of a cluster are named", () => {
  const place = (name: string, x: number, importance: number, isAlwaysNamed = false) => ({
    ...{ slug: name, name, x, y: 0, radius: 2, importance, isAlwaysNamed },
  });
  const emphasized = [
    place("Bend", 3, 99_000),
    place("Portland", 0, 650_000),
    place("Eugene", 1, 177_000),
    place("Salem", 2, 175_000),
    place("Gresham", 4, 114_000, true),
    place("Sapporo", 400, 1_950_000),
  ];
  const objects = { states: [], countries: [], shapes: [], dots: [], named: new Set<string>(), emphasized };
  const labels = labelsOf({ ...objects, radiusOf: () => 0, dotRadiusOf: () => 0 }, projection, 1, 1);
  expect(labels.map(({ text }) => text)).toEqual(["Sapporo", "Portland", "Eugene", "Gresham"]);
});

test("capitals and large cities are named first, and what the reader points at before everything", () => {
  const dot = (name: string, population: number, isCapital = false): Dot => ({
    kind: "partner",
    slug: name,
    name,
    x: 0,
    y: 0,
    count: 1,
    population,
    isCapital,
  });
  const labels = labelsOf(
    {
      states: [],
      countries: [country("JP", "Japan", 36, 138)],
      shapes: [],
      dots: [
        dot("Ota", 728_000),
        dot("Yokohama", 3_777_000),
        dot("Canberra", 400_000, true),
        dot("Tokyo", 14_000_000, true),
      ],
      named: new Set(),
      emphasized: [{ slug: "Mitaka", name: "Mitaka", x: 0, y: 0, radius: 2, importance: 195_000, isAlwaysNamed: true }],
      radiusOf: () => 0,
      dotRadiusOf: () => 0,
    },
    projection,
    8,
    8,
  );
  expect(labels.map(({ text }) => text)).toEqual(["Mitaka", "Japan", "Tokyo", "Yokohama", "Canberra", "Ota"]);
});

test("a state or country that is selected or filtered by is named before everything, and once", () => {
  const china = country("CN", "China", 36, 104);
  const at = projection([104, 36]) as [number, number];
  const place = { slug: "cn", name: "China", x: at[0] + 1, y: at[1], radius: 2, importance: 1, isAlwaysNamed: false };
  const labels = labelsOf(
    {
      states: [],
      countries: [{ ...china, count: 0 }, country("JP", "Japan", 36, 138)],
      shapes: [],
      dots: [],
      named: new Set(["country:CN"]),
      emphasized: [place],
      radiusOf: () => 0,
      dotRadiusOf: () => 0,
    },
    projection,
    1,
    1,
  );
  expect(labels.map(({ kind, text }) => [kind, text])).toEqual([
    ["emphasis", "China"],
    ["country", "Japan"],
  ]);
});
