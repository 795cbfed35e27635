import type { GeoProjection } from "d3-geo";
import type { Label, Mark } from "./draw.ts";

/** A place to mark on the map: the selected one, or one of its matches. */
export interface MarkedPlace {
  kind: Mark["kind"];
  slug: string;
  name: string;
  location: { latitude: number; longitude: number } | null;
  partnerships: number;
}

/** Returns the marks of the places whose location is known, the selected place last, so that it is drawn on top. */
export function marksOf(projection: GeoProjection, places: MarkedPlace[]): Mark[] {
  return places
    .flatMap(({ kind, slug, name, location, partnerships }) => {
      const point = location && projection([location.longitude, location.latitude]);
      return point ? [{ kind, slug, name, x: point[0], y: point[1], partnerships }] : [];
    })
    .sort((a, b) => Number(a.kind === "place") - Number(b.kind === "place"));
}

/** Returns a label above each mark, that of the selected place first. `scale` is in pixels per unit of map coordinates. */
export function markLabels(marks: Mark[], scale: number): Label[] {
  return marks.map(({ name, x, y }) => ({ text: name, x, y: y - 15 / scale, size: 13 })).reverse();
}
