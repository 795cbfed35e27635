import type { GeoProjection } from "d3-geo";
import { type ZoomTransform, zoomIdentity } from "d3-zoom";
import type { Camera } from "../atlas/view.ts";
import type { Rectangle } from "./overlays.ts";
import { type Box, MAP_SIZE, type Point, boxAround } from "./projection.ts";

/** The largest zoom factor. */
export const MAX_ZOOM = 48;

/** The scale and offset, in pixels, at which the whole map fits in the middle of its frame at zoom 1. */
export interface Fit {
  scale: number;
  left: number;
  top: number;
}

export function fitMap(width: number, height: number): Fit {
  const scale = Math.min(width / MAP_SIZE.width, height / MAP_SIZE.height);
  return { scale, left: (width - MAP_SIZE.width * scale) / 2, top: (height - MAP_SIZE.height * scale) / 2 };
}

/** Maps map coordinates to pixels of the frame: `pixel = coordinate * scale + offset`. */
export interface Placement {
  scale: number;
  x: number;
  y: number;
}

export function placement(fit: Fit, { k, x, y }: ZoomTransform): Placement {
  return { scale: fit.scale * k, x: x + k * fit.left, y: y + k * fit.top };
}

/** Returns the visible part of the map, in map coordinates. */
export function visibleBox({ scale, x, y }: Placement, width: number, height: number): Box {
  return [
    [-x / scale, -y / scale],
    [(width - x) / scale, (height - y) / scale],
  ];
}

/** Whether the whole map is visible. */
export function isWhole({ k }: ZoomTransform): boolean {
  return k < 1.005;
}

/** Returns the camera that corresponds to a zoom transform; null while the whole map is visible. */
export function toCamera(
  projection: GeoProjection,
  fit: Fit,
  transform: ZoomTransform,
  width: number,
  height: number,
): Camera | null {
  if (isWhole(transform)) return null;
  const [x, y] = transform.invert([width / 2, height / 2]);
  const [longitude, latitude] = projection.invert?.([(x - fit.left) / fit.scale, (y - fit.top) / fit.scale]) ?? [];
  if (longitude === undefined || latitude === undefined || Number.isNaN(longitude + latitude)) return null;
  return { longitude, latitude, zoom: transform.k };
}

/** Returns the zoom transform that centers the map on the camera, without leaving the map; the identity for null. */
export function toTransform(
  projection: GeoProjection,
  fit: Fit,
  camera: Camera | null,
  width: number,
  height: number,
): ZoomTransform {
  const point = camera && projection([camera.longitude, camera.latitude]);
  if (!point) return zoomIdentity;
  const k = Math.min(camera.zoom, MAX_ZOOM);
  const offset = (size: number, center: number) => Math.min(0, Math.max(size * (1 - k), size / 2 - k * center));
  return zoomIdentity
    .translate(offset(width, fit.left + point[0] * fit.scale), offset(height, fit.top + point[1] * fit.scale))
    .scale(k);
}

/** The share of the frame that is left free around what the camera shows, and the closest that it moves by itself. */
const PADDING = 0.12;
const CLOSEST = 6;
/** The distance that points keep from overlays, in pixels, which leaves space for their names. */
const CLEAR = 45;

/**
 * Returns the camera that shows some points of the map, of as many as possible beside the overlays; null if there are none.
 * It leaves the right or the lower side of the frame free for the overlays there, if that uncovers points.
 */
export function cameraFor(
  projection: GeoProjection,
  fit: Fit,
  points: Point[],
  { width, height }: { width: number; height: number },
  overlays: Rectangle[],
): Camera | null {
  const box = boxAround(points);
  if (!box) return null;
  const [[left, top], [right, bottom]] = box;
  const beside = (inset: number, below: number) => {
    const free = (size: number) => (size * (1 - 2 * PADDING)) / fit.scale;
    const zoom = Math.max(
      1,
      Math.min(CLOSEST, free(width - inset) / (right - left), free(height - below) / (bottom - top)),
    );
    // The camera is in the middle of the frame, and the box in the middle of what is free.
    const center: Point = [
      (left + right + inset / (fit.scale * zoom)) / 2,
      (top + bottom + below / (fit.scale * zoom)) / 2,
    ];
    const [longitude, latitude] = projection.invert?.(center) ?? [];
    if (longitude === undefined || latitude === undefined) return [];
    const camera: Camera = { longitude, latitude, zoom };
    const { scale, x, y } = placement(fit, toTransform(projection, fit, camera, width, height));
    const covered = points.filter((point) => {
      const [px, py] = [point[0] * scale + x, point[1] * scale + y];
      return overlays.some(
        (overlay) =>
          px > overlay.left - CLEAR &&
          px < overlay.right + CLEAR &&
          py > overlay.top - CLEAR &&
          py < overlay.bottom + CLEAR,
      );
    });
    return [{ camera, covered: covered.length }];
  };
  const sides = overlays.map((overlay) => width - overlay.left);
  // A narrow column, such as that of the zoom buttons, is always left free.
  const column = Math.max(0, ...sides.filter((inset) => inset < width / 10));
  const insets = [column, ...sides.filter((inset) => inset > column && inset < width / 2)];
  const below = [0, ...overlays.map((overlay) => height - overlay.top)].filter((inset) => inset < height / 2);
  const [best] = insets
    .flatMap((inset) => below.flatMap((space) => beside(inset, space)))
    .sort((a, b) => a.covered - b.covered || b.camera.zoom - a.camera.zoom);
  return best?.camera ?? null;
}

/** Whether two cameras show the same, up to the precision of addresses. */
export function isSameCamera(a: Camera | null, b: Camera | null): boolean {
  if (!a || !b) return a === b;
  return (
    Math.abs(a.zoom - b.zoom) < 0.02 &&
    Math.abs(a.longitude - b.longitude) < 0.02 &&
    Math.abs(a.latitude - b.latitude) < 0.02
  );
}
