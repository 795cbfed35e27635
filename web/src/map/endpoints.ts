import type { GeoProjection } from "d3-geo";
import type { MapPartnership } from "../atlas/partnerships.ts";
import type { Dot } from "./scene.ts";

/** Returns one dot for each endpoint. Those with the most partnerships come last, so that they are drawn on top. */
export function endpointsOf(projection: GeoProjection, partnerships: MapPartnership[]): Dot[] {
  const dots = new Map<string, Dot>();
  for (const partnership of partnerships) {
    for (const kind of ["us", "partner"] as const) {
      const community = partnership[kind];
      const dot = dots.get(community.slug);
      if (dot) {
        dot.count += 1;
        continue;
      }
      const point = community.location && projection([community.location.longitude, community.location.latitude]);
      if (point)
        dots.set(community.slug, {
          kind,
          slug: community.slug,
          name: community.name,
          x: point[0],
          y: point[1],
          count: 1,
        });
    }
  }
  return [...dots.values()].sort((a, b) => a.count - b.count);
}
