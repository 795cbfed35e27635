import type { GeoProjection } from "d3-geo";
import type { MapPartnership } from "../atlas/partnerships.ts";

/** A community with partnerships, in map coordinates. */
export interface Dot {
  kind: "us" | "partner";
  slug: string;
  name: string;
  x: number;
  y: number;
  /** The number of its partnerships that match the filters. */
  count: number;
  population: number;
  isCapital: boolean;
}

/** Returns one dot for each endpoint. Those with the most partnerships come last, so that they are drawn on top. */
export function endpointsOf(projection: GeoProjection, partnerships: MapPartnership[]): Dot[] {
  const dots = new Map<string, Dot>();
  for (const partnership of partnerships) {
    for (const kind of ["us", "partner"] as const) {
      const community = partnership[kind];
      const { slug, name, location, population } = community;
      const dot = dots.get(slug);
      if (dot) {
        dot.count += 1;
        continue;
      }
      const point = location && projection([location.longitude, location.latitude]);
      if (point)
        dots.set(slug, {
          kind,
          slug,
          name,
          x: point[0],
          y: point[1],
          count: 1,
          population: population ?? 0,
          isCapital: "isCapital" in community && community.isCapital,
        });
    }
  }
  return [...dots.values()].sort((a, b) => a.count - b.count);
}
