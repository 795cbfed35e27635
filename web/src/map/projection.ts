import { type GeoProjection, geoConicEqualArea } from "d3-geo";

/** The size of the whole map in map coordinates. Shapes are projected to these once; the camera scales and moves them. */
export const MAP_SIZE = { width: 1200, height: 760 };

/** The meridian at which the map is cut, in degrees east: the left and right edges meet there. */
export const CUT = 2;

/**
 * Creates an Albers equal-area conic projection centered on the Pacific. Equal areas, because readers judge a shaded
 * region by its area. The standard parallels, 48° N and 22° S, keep the familiar shapes of the United States, Japan and
 * Australia, which cylindrical and orthographic projections distort.
 * The map extends from Pakistan to New England and from Alaska to New Zealand.
 */
export function pacificProjection(): GeoProjection {
  return geoConicEqualArea()
    .parallels([-22, 48])
    .rotate([180 - CUT, 0])
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
    .precision(0.3);
}

/** A point in map coordinates, or [longitude, latitude] before projection. */
export type Point = [x: number, y: number];

/** A rectangle in map coordinates: its top left and bottom right corners. */
export type Box = [Point, Point];

export function overlaps(a: Box, b: Box): boolean {
  return a[0][0] <= b[1][0] && a[1][0] >= b[0][0] && a[0][1] <= b[1][1] && a[1][1] >= b[0][1];
}

export function contains([[left, top], [right, bottom]]: Box, [x, y]: Point): boolean {
  return x >= left && x <= right && y >= top && y <= bottom;
}

/** Returns the smallest box around some points; null if there are none. */
export function boxAround(points: Point[]): Box | null {
  if (points.length === 0) return null;
  const box: Box = [
    [Infinity, Infinity],
    [-Infinity, -Infinity],
  ];
  for (const [x, y] of points) {
    box[0] = [Math.min(box[0][0], x), Math.min(box[0][1], y)];
    box[1] = [Math.max(box[1][0], x), Math.max(box[1][1], y)];
  }
  return box;
}
