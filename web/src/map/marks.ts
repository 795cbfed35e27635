import type { GeoProjection } from "d3-geo";

/** A place to mark on the map: the selected one, or one of its matches. */
export interface MarkedPlace {
  kind: "place" | "match";
  slug: string;
  name: string;
  location: { latitude: number; longitude: number } | null;
  partnerships: number;
}

/** A sign for the selected place (a ring) or for one of its matches (a diamond), in map coordinates. */
export interface Mark extends Omit<MarkedPlace, "location"> {
  x: number;
  y: number;
}

/** Returns the marks of the places whose location is known, the selected place last, so that it is drawn on top. */
export function marksOf(projection: GeoProjection, places: MarkedPlace[]): Mark[] {
  return places
    .flatMap(({ location, ...place }) => {
      const point = location && projection([location.longitude, location.latitude]);
      return point ? [{ ...place, x: point[0], y: point[1] }] : [];
    })
    .sort((a, b) => Number(a.kind === "place") - Number(b.kind === "place"));
}
