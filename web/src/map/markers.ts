import type { GeoProjection } from "d3-geo";
import type { MapCountry, MapState, ShadedPlace } from "../atlas/partnerships.ts";
import type { Shape } from "./base-map.ts";
import type { Marker } from "./draw.ts";

/** Countries that extend over a large area but whose islands are too small to be seen. */
const SCATTERED = new Set(["FM", "MH", "PF", "KI", "CK", "PW", "MV", "SB", "VU", "TO", "TV"]);
/** A shape that is smaller than this, in pixels, gets a marker. */
const SMALL = 7;

/** Returns circles for the places with partnerships whose shapes are too small to show a color. `scale` is in pixels per unit. */
export function markersOf(
  projection: GeoProjection,
  states: ShadedPlace<MapState>[],
  countries: ShadedPlace<MapCountry>[],
  shapes: Shape[],
  scale: number,
): Marker[] {
  const extents = new Map(
    shapes.map(({ kind, code, bounds: [[left, top], [right, bottom]] }) => [
      `${kind}:${code}`,
      Math.max(right - left, bottom - top) * scale,
    ]),
  );
  const toMarkers = (kind: Marker["kind"], places: ShadedPlace<MapState | MapCountry>[]): Marker[] =>
    places.flatMap(({ place: { code, location }, count }) => {
      const extent = extents.get(`${kind}:${code}`) ?? 0;
      const scattered = kind === "country" && extent < 3000 && SCATTERED.has(code);
      if (count === 0 || !location || shapes.length === 0 || (extent >= SMALL && !scattered)) return [];
      const point = projection([location.longitude, location.latitude]);
      return point ? [{ kind, code, x: point[0], y: point[1] }] : [];
    });
  return [...toMarkers("state", states), ...toMarkers("country", countries)];
}
