import type { GeoProjection } from "d3-geo";
import type { MapCountry, MapState, ShadedPlace } from "../atlas/partnerships.ts";

/** A circle whose area stands for a number of a state or country. */
export interface Circle {
  kind: "state" | "country";
  code: string;
  x: number;
  y: number;
  radius: number;
  token: string;
}

/** The radius of the largest circle in pixels, on a map that is wide enough for it. */
const LARGEST_RADIUS = 24;
const SMALLEST_RADIUS = 1.5;
/** If all values are small, the largest circle stands for this value. */
const FEW = 10;
/** The width of a map that circles of this size go with, in pixels. */
const FULL_WIDTH = 900;

/** Returns the radius of a circle in pixels; its area is in proportion to the value, and `largest` gets the largest circle. */
export function circleRadius(value: number, largest: number, mapWidth: number): number {
  const radius = LARGEST_RADIUS * Math.min(1, Math.max(0.5, mapWidth / FULL_WIDTH));
  return Math.max(SMALLEST_RADIUS, radius * Math.sqrt(Math.abs(value) / Math.max(FEW, largest)));
}

/** Returns a few round numbers up to the largest, for a legend: 470 gives 10, 100, and 400. */
export function circleExamples(largest: number): number[] {
  const magnitude = 10 ** Math.floor(Math.log10(Math.max(1, largest)));
  const top = Math.floor(largest / magnitude) * magnitude;
  return [...new Set([magnitude / 10, magnitude, top].filter((value) => value >= 1))].sort((a, b) => a - b);
}

/** Returns the circles of the places with a value, the largest first, so that small ones are drawn on top. */
export function circlesOf(
  projection: GeoProjection,
  states: ShadedPlace<MapState>[],
  countries: ShadedPlace<MapCountry>[],
  largest: number,
  mapWidth: number,
): Circle[] {
  const toCircles = (kind: Circle["kind"], places: ShadedPlace<MapState | MapCountry>[]): Circle[] =>
    places.flatMap(({ place: { code, location }, value }) => {
      const point = value && location && projection([location.longitude, location.latitude]);
      return point
        ? {
            kind,
            code,
            x: point[0],
            y: point[1],
            radius: circleRadius(value, largest, mapWidth),
            token: value > 0 ? CIRCLE_TOKEN : FEWER_TOKEN,
          }
        : [];
    });
  return [...toCircles("state", states), ...toCircles("country", countries)].sort((a, b) => b.radius - a.radius);
}

/**
 * The colors of circles: of a number or an increase, and of a decrease. Lines are orange and matching places green; a color-blind
 * reader cannot tell the remaining color of a series from blue.
 */
export const CIRCLE_TOKEN = "--series-1";
export const FEWER_TOKEN = "--ink";
