import { type GeoProjection, geoConicEqualArea, geoPath } from "d3-geo";

/** The size of the whole map in map coordinates. Shapes are projected to these once; the camera scales and moves them. */
export const MAP_SIZE = { width: 1200, height: 760 };

/** The precision of curves: `coarse` for the whole map, `fine` for a close-up. */
export type Detail = "coarse" | "fine";

/** The largest error of a resampled line, in map coordinates. */
const PRECISION: Record<Detail, number> = { coarse: 0.3, fine: 0.04 };

/**
 * Creates an Albers equal-area conic projection centered on the Pacific. Equal areas, because readers judge a shaded
 * region by its area. The standard parallels, 48° N and 22° S, keep the familiar shapes of the United States, Japan and
 * Australia, which cylindrical and orthographic projections distort.
 * The map extends from Pakistan to New England and from Alaska to New Zealand.
 */
export function pacificProjection(detail: Detail = "coarse"): GeoProjection {
  return geoConicEqualArea()
    .parallels([-22, 48])
    .rotate([178, 0])
    .fitExtent(
      [
        [12, 12],
        [MAP_SIZE.width - 12, MAP_SIZE.height - 12],
      ],
      {
        type: "MultiPoint",
        coordinates: [
          [64, 30],
          [-67, 40],
          [-67, 46],
          [-178, 78],
          [168, -47],
          [146, -43],
        ],
      },
    )
    .precision(PRECISION[detail]);
}

/** A point in map coordinates, or [longitude, latitude] before projection. */
export type Point = [x: number, y: number];

/**
 * Returns the great circle between two points as SVG path data. d3 resamples it until it is smooth, and splits it if it
 * leaves the map on one side and enters on the other, as between New England and India.
 */
export function arcPath(projection: GeoProjection, from: Point, to: Point): string {
  return geoPath(projection).digits(3)({ type: "LineString", coordinates: [from, to] }) ?? "";
}
