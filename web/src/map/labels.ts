import type { GeoProjection } from "d3-geo";
import type { MapCountry, MapState, Shaded } from "../atlas/ties.ts";
import type { Label, Marker } from "./draw.ts";
import type { Dot, Shape } from "./scene.ts";

/** Of a place that is drawn smaller than this, in pixels, or as a circle, the name stands below, so as not to hide it. */
const SMALL = 26;
const BELOW = 13;

interface Named {
  states: Shaded<MapState>[];
  countries: Shaded<MapCountry>[];
  dots: Dot[];
  markers: Marker[];
  shapes: Shape[];
}

/** The names that a map enlarged so much has room for, those with the most ties first; `scale` is pixels per unit of the sheet. */
export function labelsOf(
  { states, countries, dots, markers, shapes }: Named,
  projection: GeoProjection,
  zoom: number,
  scale: number,
): Label[] {
  const found: (Label & { weight: number })[] = [];
  const circles = new Set(markers.map(({ kind, code }) => `${kind}:${code}`));
  const across = new Map(
    shapes.map(({ kind, code, bounds: [[left, top], [right, bottom]] }) => [
      `${kind}:${code}`,
      Math.max(right - left, bottom - top) * scale,
    ]),
  );
  const put = (
    kind: Shape["kind"],
    { code, location }: MapState | MapCountry,
    text: string,
    size: number,
    weight: number,
  ) => {
    const point = location && projection([location.longitude, location.latitude]);
    const small = circles.has(`${kind}:${code}`) || (across.get(`${kind}:${code}`) ?? 0) < SMALL;
    if (point) found.push({ text, x: point[0], y: point[1] + (small ? BELOW / scale : 0), size, weight });
  };
  for (const { place, count } of countries) {
    if (count >= 30 || (count > 0 && zoom >= 2)) put("country", place, place.name, zoom >= 3 ? 14 : 12, 1000 + count);
  }
  for (const { place, count } of states) {
    if (count > 0 && zoom >= 2.2) put("state", place, zoom >= 5 ? place.name : place.code, 12, 500 + count);
  }
  if (zoom >= 6) {
    for (const { name, x, y, ties } of dots)
      if (zoom >= 12 || ties >= 4) found.push({ text: name, x, y: y - 11 / scale, size: 12, weight: ties });
  }
  return found.sort((a, b) => b.weight - a.weight);
}
