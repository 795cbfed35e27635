import type { Placement } from "./camera.ts";
import { MARKER_RADIUS, MARK_RADIUS, type Mark, type Marker, dotRadius } from "./draw.ts";
import type { Dot, Shape } from "./scene.ts";

/** The object under the pointer. */
export type Target =
  { kind: "dot"; dot: Dot } | { kind: "mark"; mark: Mark } | { kind: "state" | "country"; code: string };

/** Dots and markers are small, so they are tested before shapes and can be missed by this many pixels. */
const TOLERANCE = 4;

/** Returns the object at a pixel of the frame; null for the sea and for land that is not in the data. */
export function pick(
  at: { x: number; y: number },
  drawn: { shapes: Shape[]; markers: Marker[]; marks: Mark[]; dots: Dot[] },
  placement: Placement,
  zoom: number,
  context: CanvasRenderingContext2D,
): Target | null {
  const x = (at.x - placement.x) / placement.scale;
  const y = (at.y - placement.y) / placement.scale;
  const distanceTo = (point: { x: number; y: number }) => Math.hypot(point.x - x, point.y - y) * placement.scale;

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

  const marker = drawn.markers.find((candidate) => distanceTo(candidate) <= MARKER_RADIUS + TOLERANCE);
  if (marker) return { kind: marker.kind, code: marker.code };

  context.save();
  context.setTransform(1, 0, 0, 1, 0, 0);
  const shape = drawn.shapes.find(
    ({ path, bounds: [[left, top], [right, bottom]] }) =>
      x >= left && x <= right && y >= top && y <= bottom && context.isPointInPath(path, x, y),
  );
  context.restore();
  return shape ? { kind: shape.kind, code: shape.code } : null;
}
