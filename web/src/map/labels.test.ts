import { expect, test } from "vitest";
import type { MapCountry, ShadedPlace } from "../atlas/partnerships.ts";
import { labelsOf } from "./labels.ts";
import { pacificProjection } from "./projection.ts";
import type { Shape } from "./scene.ts";

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
  const scale = 3;
  const labels = labelsOf(
    {
      states: [],
      countries: [palau, australia, micronesia],
      dots: [],
      markers: [{ kind: "country", code: "FM", x: 0, y: 0 }],
      shapes,
    },
    projection,
    3,
    scale,
  );
  const below = (name: string, [, y]: [number, number]) =>
    ((labels.find(({ text }) => text === name)?.y ?? NaN) - y) * scale;
  expect(below("Palau", at(palau))).toBeGreaterThan(8);
  expect(below("Micronesia", at(micronesia)), "scattered islands have a circle").toBeGreaterThan(8);
  expect(below("Australia", at(australia))).toBe(0);
});
