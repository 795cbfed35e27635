import type { Shape } from "./base-map.ts";
import type { Placement } from "./camera.ts";
import type { Circle } from "./circles.ts";
import { distanceTo as distanceToCurve } from "./curve.ts";
import { MARKER_RADIUS, MARK_RADIUS, type Marker, dotRadius } from "./draw.ts";
import type { Dot } from "./endpoints.ts";
import type { Line } from "./lines.ts";
import type { Mark } from "./marks.ts";
import { contains } from "./projection.ts";

/** The object under the pointer. */
export type Target =
  | { kind: "dot"; dot: Dot }
  | { kind: "mark"; mark: Mark }
  | { kind: "line"; line: Line }
  | { kind: "state" | "country"; code: string };

/** What can be pointed at. */
export interface Drawn {
  shapes: Shape[];
  markers: Marker[];
  circles: Circle[];
  marks: Mark[];
  dots: Dot[];
  lines: Line[];
}

/** Dots, markers, and lines are small, so they are tested before shapes and can be missed by this many pixels. */
const TOLERANCE = 4;

/** Returns the object at a pixel of the frame; null for the sea and for land that is not in the data. */
export function pick(
  at: { x: number; y: number },
  drawn: Drawn,
  placement: Placement,
  zoom: number,
  context: CanvasRenderingContext2D,
): Target | null {
  const { scale } = placement;
  const x = (at.x - placement.x) / scale;
  const y = (at.y - placement.y) / scale;
  const distanceTo = (point: { x: number; y: number }) => Math.hypot(point.x - x, point.y - y) * scale;

  /** Returns the nearest of the points whose distance is at most their radius and the tolerance. */
  function nearest<P extends { x: number; y: number }>(points: P[], radiusOf: (point: P) => number): P | null {
    let best: P | null = null;
    for (const point of points)
      if (distanceTo(point) <= radiusOf(point) + TOLERANCE && (!best || distanceTo(point) < distanceTo(best)))
        best = point;
    return best;
  }

  const mark = nearest(drawn.marks, () => MARK_RADIUS);
  if (mark) return { kind: "mark", mark };
  const dot = nearest(drawn.dots, ({ count }) => dotRadius(count, zoom));
  if (dot) return { kind: "dot", dot };
  // The last circle is the smallest one, which is drawn on top.
  const circle = drawn.circles.findLast((candidate) => distanceTo(candidate) <= candidate.radius + 1);
  if (circle) return { kind: circle.kind, code: circle.code };
  const marker = drawn.markers.find((candidate) => distanceTo(candidate) <= MARKER_RADIUS + TOLERANCE);
  if (marker) return { kind: marker.kind, code: marker.code };

  /** Returns the line that is nearest to the point, if it is near enough. */
  const nearestLine = (lines: Line[]): Line | null => {
    let best: { line: Line; distance: number } | null = null;
    for (const line of lines) {
      const reach = (TOLERANCE + (line.isBundle ? line.width / 2 : 0)) / scale;
      const [[left, top], [right, bottom]] = line.bounds;
      if (x < left - reach || x > right + reach || y < top - reach || y > bottom + reach) continue;
      const distance = distanceToCurve(line.curve, [x, y]);
      if (distance <= reach && (!best || distance < best.distance)) best = { line, distance };
    }
    return best?.line ?? null;
  };
  // A line lies over land that could be selected, too, but a bundle is wide: over land, the place is meant.
  const single = nearestLine(drawn.lines.filter(({ isBundle }) => !isBundle));
  if (single) return { kind: "line", line: single };
  context.save();
  context.setTransform(1, 0, 0, 1, 0, 0);
  const shape = drawn.shapes.find(({ path, bounds }) => contains(bounds, [x, y]) && context.isPointInPath(path, x, y));
  context.restore();
  if (shape) return { kind: shape.kind, code: shape.code };
  const bundle = nearestLine(drawn.lines.filter(({ isBundle }) => isBundle));
  return bundle && { kind: "line", line: bundle };
}
