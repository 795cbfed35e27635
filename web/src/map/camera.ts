import type { GeoProjection } from "d3-geo";
import { type ZoomTransform, zoomIdentity } from "d3-zoom";
import type { Camera } from "../atlas/view.ts";
import { MAP_SIZE } from "./projection.ts";

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

/** Returns the camera that corresponds to a zoom transform; null while the whole map is visible. */
export function toCamera(
  projection: GeoProjection,
  fit: Fit,
  transform: ZoomTransform,
  width: number,
  height: number,
): Camera | null {
  if (transform.k < 1.005) return null;
  const [x, y] = transform.invert([width / 2, height / 2]);
  const [longitude, latitude] = projection.invert?.([(x - fit.left) / fit.scale, (y - fit.top) / fit.scale]) ?? [];
  if (longitude === undefined || latitude === undefined || Number.isNaN(longitude + latitude)) return null;
  return { longitude, latitude, zoom: transform.k };
}

/** Returns the zoom transform that centers the map on the camera; the identity for null. */
export function toTransform(
  projection: GeoProjection,
  fit: Fit,
  camera: Camera | null,
  width: number,
  height: number,
): ZoomTransform {
  const point = camera && projection([camera.longitude, camera.latitude]);
  if (!point) return zoomIdentity;
  return zoomIdentity
    .translate(width / 2, height / 2)
    .scale(Math.min(camera.zoom, MAX_ZOOM))
    .translate(-(fit.left + point[0] * fit.scale), -(fit.top + point[1] * fit.scale));
}
