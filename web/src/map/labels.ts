import type { GeoProjection } from "d3-geo";
import type { MapCountry, MapState, ShadedPlace } from "../atlas/partnerships.ts";
import type { Label, Marker } from "./draw.ts";
import type { Dot, Shape } from "./scene.ts";

/** The label of a place that is smaller than this, or drawn as a circle, goes below it and does not cover it. In pixels. */
const SMALL = 26;
/** How far below, in pixels. */
const OFFSET = 13;

interface LabeledObjects {
  states: ShadedPlace<MapState>[];
  countries: ShadedPlace<MapCountry>[];
  dots: Dot[];
  markers: Marker[];
  shapes: Shape[];
}

/**
 * Returns the labels that fit at this zoom, those with the most partnerships first.
 * `scale` is in pixels per unit of map coordinates.
 */
export function labelsOf(
  { states, countries, dots, markers, shapes }: LabeledObjects,
  projection: GeoProjection,
  zoom: number,
  scale: number,
): Label[] {
  const labels: (Label & { weight: number })[] = [];
  const circles = new Set(markers.map(({ kind, code }) => `${kind}:${code}`));
  const across = new Map(
    shapes.map(({ kind, code, bounds: [[left, top], [right, bottom]] }) => [
      `${kind}:${code}`,
      Math.max(right - left, bottom - top) * scale,
    ]),
  );
  const add = (
    kind: Shape["kind"],
    { code, location }: MapState | MapCountry,
    text: string,
    size: number,
    weight: number,
  ) => {
    const point = location && projection([location.longitude, location.latitude]);
    const small = circles.has(`${kind}:${code}`) || (across.get(`${kind}:${code}`) ?? 0) < SMALL;
    if (point) labels.push({ text, x: point[0], y: point[1] + (small ? OFFSET / scale : 0), size, weight });
  };
  for (const { place, count } of countries) {
    if (count >= 30 || (count > 0 && zoom >= 2)) add("country", place, place.name, zoom >= 3 ? 14 : 12, 1000 + count);
  }
  for (const { place, count } of states) {
    if (count > 0 && zoom >= 2.2) add("state", place, zoom >= 5 ? place.name : place.code, 12, 500 + count);
  }
  if (zoom >= 6) {
    for (const { name, x, y, count } of dots)
      if (zoom >= 12 || count >= 4) labels.push({ text: name, x, y: y - 11 / scale, size: 12, weight: count });
  }
  return labels.sort((a, b) => b.weight - a.weight);
}
