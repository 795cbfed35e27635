import type { GeoProjection } from "d3-geo";
import type { MapTie } from "../atlas/ties.ts";
import type { Dot } from "./scene.ts";

/** Where ties end on the sheet, the places with the most ties last, so that they are drawn on top. */
export function endsOf(projection: GeoProjection, ties: MapTie[]): Dot[] {
  const dots = new Map<string, Dot>();
  for (const tie of ties) {
    for (const kind of ["us", "partner"] as const) {
      const end = tie[kind];
      const dot = dots.get(end.slug);
      if (dot) {
        dot.ties += 1;
        continue;
      }
      const point = end.location && projection([end.location.longitude, end.location.latitude]);
      if (point) dots.set(end.slug, { kind, slug: end.slug, name: end.name, x: point[0], y: point[1], ties: 1 });
    }
  }
  return [...dots.values()].sort((a, b) => a.ties - b.ties);
}
