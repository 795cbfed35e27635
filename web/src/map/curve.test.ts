import { geoInterpolate } from "d3-geo";
import { expect, test } from "vitest";
import { type Curve, boundsOf, curveBetween, distanceTo, toPathData } from "./curve.ts";
import { MAP_SIZE, type Point, pacificProjection } from "./projection.ts";

const projection = pacificProjection();
const PORTLAND: Point = [-122.68, 45.52];
const SAPPORO: Point = [141.35, 43.06];

test("a curve runs from one place to the other, through the latitude of the great circle in between", () => {
  const curve = curveBetween(projection, PORTLAND, SAPPORO);
  if (!curve) throw new Error("no curve");
  expect(curve.from).toEqual(projection(PORTLAND));
  expect(curve.to).toEqual(projection(SAPPORO));
  const [, latitude] = projection.invert?.(middleOf(curve)) ?? [];
  expect(latitude).toBeCloseTo(geoInterpolate(PORTLAND, SAPPORO)(0.5)[1], 0);
});

test("no curve leaves the map or runs back and forth, wherever it starts and ends", () => {
  const america: Point[] = [
    [-166.5, 53.9], // Unalaska
    [-156.8, 71.3], // Utqiagvik
    [-149.9, 61.2], // Anchorage
    [-159.5, 22], // Hawaii
    [-122.7, 45.5], // Portland
    [-117.2, 32.7], // San Diego
    [-97.1, 49], // Minnesota
    [-80.2, 25.8], // Miami
    [-68.8, 44.8], // Bangor
    [-66.1, 18.4], // San Juan
  ];
  const asia: Point[] = [
    [66.9, 24.9], // Karachi
    [65, 36], // Afghanistan
    [72.9, 19.1], // Mumbai
    [77, 8.5], // Thiruvananthapuram
    [87.5, 47], // Altay
    [106.9, 47.9], // Ulaanbaatar
    [115.9, -32], // Perth
    [141.4, 45.4], // Wakkanai
    [147.3, -42.9], // Hobart
    [168.3, -46.4], // Invercargill
    [-171.8, -13.8], // Samoa
  ];
  for (const from of america) {
    for (const to of asia) {
      const curve = curveBetween(projection, from, to);
      if (!curve) throw new Error("no curve");
      const [[left, top], [right, bottom]] = boundsOf(curve);
      const name = `${from} to ${to}`;
      expect(Math.min(left, top), name).toBeGreaterThanOrEqual(0);
      expect(right, name).toBeLessThanOrEqual(MAP_SIZE.width);
      expect(bottom, name).toBeLessThanOrEqual(MAP_SIZE.height);
      expect(curve.control[0], `${name} runs west`).toBeLessThan(curve.from[0]);
      expect(curve.control[0], `${name} runs west`).toBeGreaterThan(curve.to[0]);
    }
  }
});

test("the distance of a point from a curve", () => {
  const curve: Curve = { from: [0, 0], control: [50, 0], to: [100, 0] };
  expect(distanceTo(curve, [31, 7])).toBeCloseTo(7, 3);
  expect(distanceTo(curve, [103, 4])).toBeCloseTo(5, 3);
});

test("a curve as the data of an SVG path", () => {
  expect(toPathData({ from: [0, 1.25], control: [50, 0], to: [100, 2] })).toBe("M0.0 1.3Q50.0 0.0 100.0 2.0");
});

function middleOf({ from, control, to }: Curve): Point {
  const middle = (axis: 0 | 1) => (from[axis] + 2 * control[axis] + to[axis]) / 4;
  return [middle(0), middle(1)];
}
