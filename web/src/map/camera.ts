import type { GeoProjection } from "d3-geo";
import { type ZoomTransform, zoomIdentity } from "d3-zoom";
import type { Camera } from "../atlas/view.ts";
import { type Box, MAP_SIZE } from "./projection.ts";

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

/** Returns the camera that shows a box of the map. */
export function cameraFor(projection: GeoProjection, fit: Fit, box: Box, width: number, height: number): Camera | null {
  const [[left, top], [right, bottom]] = box;
  const [longitude, latitude] = projection.invert?.([(left + right) / 2, (top + bottom) / 2]) ?? [];
  if (longitude === undefined || latitude === undefined) return null;
  const free = (size: number) => (size * (1 - 2 * PADDING)) / fit.scale;
  const zoom = Math.min(CLOSEST, free(width) / (right - left), free(height) / (bottom - top));
  return { longitude, latitude, zoom: Math.max(1, zoom) };
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
