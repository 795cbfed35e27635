import type { Placement } from "./camera.ts";
import { MARKER_RADIUS, type Marker, dotRadius } from "./draw.ts";
import type { Dot, Shape } from "./scene.ts";

/** What lies under a pointer. */
export type Picked = { kind: "dot"; dot: Dot } | { kind: "state" | "country"; code: string };

/** Small shapes are wanted before the large ones around them, so points are looked at first, and generously. */
const SLACK = 4;

/** What is drawn at a pixel of the frame; null where there is only sea or land without ties. */
export function pick(
  at: { x: number; y: number },
  drawn: { shapes: Shape[]; markers: Marker[]; dots: Dot[] },
  placement: Placement,
  zoom: number,
  context: CanvasRenderingContext2D,
): Picked | null {
  const x = (at.x - placement.x) / placement.scale;
  const y = (at.y - placement.y) / placement.scale;
  const away = (point: { x: number; y: number }) => Math.hypot(point.x - x, point.y - y) * placement.scale;

  let best: { dot: Dot; distance: number } | null = null;
  for (const dot of drawn.dots) {
    const distance = away(dot);
    if (distance <= dotRadius(dot.ties, zoom) + SLACK && (!best || distance < best.distance)) best = { dot, distance };
  }
  if (best) return { kind: "dot", dot: best.dot };

  const marker = drawn.markers.find((candidate) => away(candidate) <= MARKER_RADIUS + SLACK);
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
