import { describe, expect, test } from "vitest";
import { MAP_SIZE, pacificProjection } from "./projection.ts";

const PORTLAND: [number, number] = [-122.68, 45.52];
const SAPPORO: [number, number] = [141.35, 43.06];

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
