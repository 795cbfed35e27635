import { type GeoProjection, geoEqualEarth, geoPath } from "d3-geo";

/** The size of the sheet that shapes are drawn on once; the camera enlarges and moves it. */
export const SHEET = { width: 1200, height: 640 };

/**
 * An equal-area projection (Equal Earth), turned so that the Pacific is in the middle: shades then weigh as much as
 * their areas do. The sheet holds what the ties join, from Pakistan to New England and from Alaska to New Zealand.
 */
export function pacificProjection(): GeoProjection {
  return geoEqualEarth()
    .rotate([-178, 0])
    .fitExtent(
      [
        [8, 8],
        [SHEET.width - 8, SHEET.height - 8],
      ],
      {
        type: "MultiPoint",
        coordinates: [
          [61, 25],
          [-66, 25],
          [60, 40],
          [-66, 47],
          [178, 72],
          [178, -48],
        ],
      },
    )
    .precision(0.3);
}

/** A place where a projection puts it on the sheet; null of what it does not show. */
export type Point = [x: number, y: number];

/**
 * The great circle between two points on the sheet, as SVG path data: d3 resamples it until it is smooth and parts it
 * where it leaves the map on one side and comes in on the other, as a tie between New England and India does.
 */
export function arcPath(projection: GeoProjection, from: Point, to: Point): string {
  return geoPath(projection).digits(1)({ type: "LineString", coordinates: [from, to] }) ?? "";
}
