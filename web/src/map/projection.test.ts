import { describe, expect, test } from "vitest";
import { MAP_SIZE, arcPath, pacificProjection } from "./projection.ts";

const PORTLAND: [number, number] = [-122.68, 45.52];
const SAPPORO: [number, number] = [141.35, 43.06];
const BOSTON: [number, number] = [-71.06, 42.36];
const MUMBAI: [number, number] = [72.88, 19.07];

/** The northernmost latitude of a great circle: cos(latitude) = |sin(course)| cos(latitude of departure), Clairaut's relation. */
function vertexLatitude([fromLon, fromLat]: [number, number], [toLon, toLat]: [number, number]): number {
  const radians = (degrees: number) => (degrees * Math.PI) / 180;
  const [a, b, difference] = [radians(fromLat), radians(toLat), radians(toLon - fromLon)];
  const course = Math.atan2(
    Math.sin(difference) * Math.cos(b),
    Math.cos(a) * Math.sin(b) - Math.sin(a) * Math.cos(b) * Math.cos(difference),
  );
  return (Math.acos(Math.abs(Math.sin(course)) * Math.cos(a)) * 180) / Math.PI;
}

const points = (path: string) =>
  path.split(/(?=[ML])/).map((step) => step.slice(1).split(",").map(Number) as [number, number]);

describe("the map", () => {
  const projection = pacificProjection();

  test.each([
    ["Karachi", [67.0, 24.86]],
    ["Bangor, Maine", [-68.78, 44.8]],
    ["Utqiagvik, Alaska", [-156.79, 71.29]],
    ["Invercargill", [168.35, -46.41]],
  ] as [string, [number, number]][])("shows %s", (_, place) => {
    const [x, y] = projection(place) ?? [NaN, NaN];
    expect(x).toBeGreaterThan(0);
    expect(x).toBeLessThan(MAP_SIZE.width);
    expect(y).toBeGreaterThan(0);
    expect(y).toBeLessThan(MAP_SIZE.height);
  });

  test("has Asia on the left and America on the right", () => {
    expect(projection(SAPPORO)?.[0]).toBeLessThan(projection(PORTLAND)?.[0] ?? NaN);
  });
});

describe("an arc", () => {
  const projection = pacificProjection();

  test("crosses the Pacific in one piece", () => {
    const path = arcPath(projection, PORTLAND, SAPPORO);
    expect(path.match(/M/g)).toHaveLength(1);
    const all = points(path);
    const near = (a: number[] | undefined, b: number[] | null) =>
      Math.hypot((a?.[0] ?? NaN) - (b?.[0] ?? NaN), (a?.[1] ?? NaN) - (b?.[1] ?? NaN));
    expect(near(all[0], projection(PORTLAND))).toBeLessThan(0.2);
    expect(near(all.at(-1), projection(SAPPORO))).toBeLessThan(0.2);
  });

  test("reaches the northernmost latitude of the great circle", () => {
    const path = points(arcPath(projection, PORTLAND, SAPPORO));
    const all = path.map((point) => projection.invert?.(point) ?? [NaN, NaN]);
    const north = Math.max(...all.map(([, latitude]) => latitude ?? NaN));
    expect(north).toBeCloseTo(vertexLatitude(PORTLAND, SAPPORO), 0);
  });

  test("is split at the edge of the map if the short way crosses the Atlantic", () => {
    expect(arcPath(projection, BOSTON, MUMBAI).match(/M/g)).toHaveLength(2);
  });

  test("is smooth: each turn is small", () => {
    const all = points(arcPath(projection, PORTLAND, SAPPORO));
    const directions = all
      .slice(1)
      .map(([x, y], index) => Math.atan2(y - (all[index]?.[1] ?? NaN), x - (all[index]?.[0] ?? NaN)));
    // Heading west, angles jump from pi to -pi: the sine of half a turn does not.
    const turns = directions
      .slice(1)
      .map((angle, index) => 2 * Math.abs(Math.asin(Math.sin((angle - (directions[index] ?? NaN)) / 2))));
    expect(Math.max(...turns)).toBeLessThan(Math.PI / 10);
  });
});
