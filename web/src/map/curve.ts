import type { GeoProjection } from "d3-geo";
import { type Box, CUT, MAP_SIZE, type Point, boxAround } from "./projection.ts";

/** A curve between two places in map coordinates, as a quadratic Bézier curve, which needs three points at any zoom. */
export interface Curve {
  from: Point;
  control: Point;
  to: Point;
}

/** A great circle between places that are farther apart than this would leave the map: it nears the pole or crosses the Atlantic. */
const WIDEST = 130;

/**
 * Returns a curve across the Pacific that resembles the great circle: it passes through the great circle's latitude
 * halfway between the meridians of the ends. Places that are far apart are treated as if they were `WIDEST` degrees apart.
 * So every curve is in one piece, and neighboring places have similar curves. The control point is neither above nor below the
 * map, so that no curve leaves it.
 */
export function curveBetween(projection: GeoProjection, from: Point, to: Point): Curve | null {
  const [start, end] = [projection(from), projection(to)];
  const [west, east] = [eastOfCut(from[0]), eastOfCut(to[0])];
  const halfAngle = radians(Math.min(Math.abs(east - west), WIDEST) / 2);
  // https://en.wikipedia.org/wiki/Great-circle_navigation: tan φ = (tan φ1 sin(λ2-λ) + tan φ2 sin(λ-λ1)) / sin(λ2-λ1).
  const tangent = (Math.tan(radians(from[1])) + Math.tan(radians(to[1]))) / (2 * Math.cos(halfAngle));
  const middle = projection([CUT + (west + east) / 2, (Math.atan(tangent) * 180) / Math.PI]);
  if (!start || !end || !middle) return null;
  return {
    from: start,
    control: [
      2 * middle[0] - (start[0] + end[0]) / 2,
      clamp(2 * middle[1] - (start[1] + end[1]) / 2, 0, MAP_SIZE.height),
    ],
    to: end,
  };
}

/** Returns a box that contains the curve: a Bézier curve stays between its points. */
export function boundsOf({ from, control, to }: Curve): Box {
  return boxAround([from, control, to]) as Box;
}

/** Returns how far a point is from the curve, in map coordinates. */
export function distanceTo({ from, control, to }: Curve, [x, y]: Point): number {
  const distanceAt = (share: number) => {
    const rest = 1 - share;
    const mix = (axis: 0 | 1) => rest * rest * from[axis] + 2 * rest * share * control[axis] + share * share * to[axis];
    return Math.hypot(mix(0) - x, mix(1) - y);
  };
  // The nearest of a few points is close to the nearest point of all, which is found by halving the step.
  const STEPS = 24;
  let best = 0;
  for (let step = 1; step <= STEPS; step += 1) if (distanceAt(step / STEPS) < distanceAt(best)) best = step / STEPS;
  for (let step = 1 / STEPS; step > 1e-5; step /= 2)
    for (const share of [best - step, best + step])
      if (share >= 0 && share <= 1 && distanceAt(share) < distanceAt(best)) best = share;
  return distanceAt(best);
}

export function addToPath(path: Path2D, { from, control, to }: Curve): void {
  path.moveTo(...from);
  path.quadraticCurveTo(...control, ...to);
}

/** Returns the curve as the `d` attribute of an SVG path. */
export function toPathData({ from, control, to }: Curve): string {
  const [start, middle, end] = [from, control, to].map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`);
  return `M${start}Q${middle} ${end}`;
}

function eastOfCut(longitude: number): number {
  return (longitude - CUT + 360) % 360;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}
