import { type GeoProjection, geoConicEqualArea, geoPath } from "d3-geo";

/** The size of the sheet that shapes are drawn on once; the camera enlarges and moves it. */
export const SHEET = { width: 1200, height: 760 };

/** How closely lines follow their curves: for the whole sheet, or for a part of it that is much enlarged. */
export type Detail = "coarse" | "fine";

/** By how much a line may miss its curve, in units of the sheet. */
const PRECISION: Record<Detail, number> = { coarse: 0.3, fine: 0.04 };

/**
 * Albers' conic equal-area projection, turned so that the Pacific is in the middle. Equal areas, because shades weigh as
 * much as their areas do; true to shape along 48° N and 22° S, so that the United States, Japan and Australia look as
 * people know them, which neither a cylinder nor a globe seen from over the ocean gives.
 * The sheet holds what the ties join, from Pakistan to New England and from Alaska to New Zealand.
 */
export function pacificProjection(detail: Detail = "coarse"): GeoProjection {
  return geoConicEqualArea()
    .parallels([-22, 48])
    .rotate([178, 0])
    .fitExtent(
      [
        [12, 12],
        [SHEET.width - 12, SHEET.height - 12],
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

/** A place where a projection puts it on the sheet; null of what it does not show. */
export type Point = [x: number, y: number];

/**
 * The great circle between two points on the sheet, as SVG path data: d3 resamples it until it is smooth, and parts it
 * where it leaves the map on one side and comes in on the other, as a tie between New England and India does.
 */
export function arcPath(projection: GeoProjection, from: Point, to: Point): string {
  return geoPath(projection).digits(3)({ type: "LineString", coordinates: [from, to] }) ?? "";
}
