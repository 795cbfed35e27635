import type { GeoProjection } from "d3-geo";
import { type ZoomTransform, zoomIdentity } from "d3-zoom";
import type { Camera } from "../atlas/view.ts";
import { SHEET } from "./projection.ts";

/** How far the map enlarges. */
export const MAX_ZOOM = 48;

/** How the sheet lies in a frame of so many pixels at zoom 1: whole, and in the middle. */
export interface Fit {
  scale: number;
  left: number;
  top: number;
}

export function fitSheet(width: number, height: number): Fit {
  const scale = Math.min(width / SHEET.width, height / SHEET.height);
  return { scale, left: (width - SHEET.width * scale) / 2, top: (height - SHEET.height * scale) / 2 };
}

/** From the sheet to pixels of the frame. */
export interface Placement {
  scale: number;
  x: number;
  y: number;
}

export function placement(fit: Fit, { k, x, y }: ZoomTransform): Placement {
  return { scale: fit.scale * k, x: x + k * fit.left, y: y + k * fit.top };
}

/** What the camera of a transform looks at; null while it shows the whole sheet. */
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

/** The transform under which a camera looks at its point. */
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
