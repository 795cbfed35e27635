import type { GeoProjection } from "d3-geo";
import type { MapCountry, MapState, ShadedPlace } from "../atlas/partnerships.ts";
import type { Shape } from "./base-map.ts";
import type { Dot } from "./endpoints.ts";

/** The kind of a place, which decides how its name looks: readers can tell a state from a city. */
export type LabelKind = "country" | "state" | "city" | "emphasis";

/** A name on the map. If two overlap, the more important one is drawn. */
export interface Label {
  kind: LabelKind;
  text: string;
  /** The text to use if `text` is wider than `fits`; without it, the label is left out. */
  short?: string;
  /** The width that the text has to fit in, in pixels. */
  fits?: number;
  x: number;
  y: number;
  /** The distance in pixels that the name keeps from its point; 0 puts it on the point. */
  away: number;
  importance: number;
}

/** The zoom factor from which dots stand for communities, in place of circles for states and countries. */
export const DOTS_FROM = 3.5;

/** Importance of a kind before that of any other, and of each partnership before any population. */
const TIER = 1e13;
const PER_PARTNERSHIP = 1e10;
/** A capital is as important as a city with so many more inhabitants. */
const CAPITAL_BONUS = 5e6;
/** A city with more inhabitants is named before states are. */
const LARGE_CITY = 1e6;
/** So many places of a selection are named within so many pixels, so that names do not surround a cluster. */
const MOST_IN_CLUSTER = 2;
const CLUSTER = 70;
/** The label of a place that is smaller than this goes beside it and does not cover it. In pixels. */
const SMALL = 26;

interface EmphasizedPlace {
  slug: string;
  name: string;
  x: number;
  y: number;
  /** The radius of its sign in pixels. */
  radius: number;
  importance: number;
  /** Whether it is named however many others are near: the selected place, and what the reader points at. */
  isAlwaysNamed: boolean;
}

interface LabeledObjects {
  states: ShadedPlace<MapState>[];
  countries: ShadedPlace<MapCountry>[];
  shapes: Shape[];
  dots: Dot[];
  /** The states and countries that are named at any zoom, such as `state:OR`: those that are selected or filtered by. */
  named: Set<string>;
  /** Places whose names are shown at any zoom: the selected one, its partners, and those that the reader points at. */
  emphasized: EmphasizedPlace[];
  /** The radius of the circle that is drawn at a place, in pixels; 0 if there is none. */
  radiusOf: (kind: Shape["kind"], code: string) => number;
  dotRadiusOf: (dot: Dot) => number;
}

/** Returns the labels of this zoom, the most important first. `scale` is in pixels per unit of map coordinates. */
export function labelsOf(objects: LabeledObjects, projection: GeoProjection, zoom: number, scale: number): Label[] {
  const { states, countries, shapes, dots, named: namedAreas, emphasized, radiusOf, dotRadiusOf } = objects;
  const sizes = new Map(
    shapes.map(({ kind, code, bounds: [[left, top], [right, bottom]] }) => [
      `${kind}:${code}`,
      { across: (right - left) * scale, most: Math.max(right - left, bottom - top) * scale },
    ]),
  );
  const labels: Label[] = [];
  const add = (
    kind: Shape["kind"],
    { code, location }: MapState | MapCountry,
    label: Pick<Label, "text" | "importance"> & Partial<Label>,
  ) => {
    const point = location && projection([location.longitude, location.latitude]);
    if (!point) return;
    const radius = radiusOf(kind, code);
    const small = (sizes.get(`${kind}:${code}`)?.most ?? 0) < SMALL;
    const [x, y] = point;
    const away = radius > 0 || small ? radius + 2 : 0;
    if (namedAreas.has(`${kind}:${code}`))
      labels.push({ kind: "emphasis", text: label.text, x, y, away, importance: 5 * TIER });
    else labels.push({ kind, x, y, away, ...label });
  };
  for (const { place, count } of countries) {
    if (count > 0 || zoom >= 3 || namedAreas.has(`country:${place.code}`))
      add("country", place, {
        text: place.name,
        importance: 3 * TIER + count * PER_PARTNERSHIP + (place.population ?? 0),
      });
  }
  for (const { place, count } of states) {
    const across = sizes.get(`state:${place.code}`)?.across ?? 0;
    add("state", place, {
      text: place.name,
      short: place.code,
      // A territory has sea around it, so its name need not fit.
      ...(zoom < 12 && place.kind !== "TERRITORY" && { fits: across * 0.95 }),
      importance: (zoom < 2 ? 2 : 1) * TIER + count * PER_PARTNERSHIP + (place.population ?? 0),
    });
  }
  // The selected place is also an end of its partnerships, and so is the selected state.
  const areas = labels.filter(({ kind }) => kind === "emphasis");
  const named = new Map<string, EmphasizedPlace>();
  for (const place of emphasized.toSorted((a, b) => b.importance - a.importance)) {
    const { slug, name, x, y, radius, importance, isAlwaysNamed } = place;
    const isNear = (other: EmphasizedPlace) => Math.hypot(other.x - x, other.y - y) * scale < CLUSTER;
    if (named.has(slug)) continue;
    if (areas.some((area) => area.text === name && Math.hypot(area.x - x, area.y - y) * scale < CLUSTER)) continue;
    if (!isAlwaysNamed && [...named.values()].filter(isNear).length >= MOST_IN_CLUSTER) continue;
    named.set(slug, place);
    labels.push({ kind: "emphasis", text: name, x, y, away: radius + 2, importance: 4 * TIER + importance });
  }
  for (const dot of dots) {
    if (named.has(dot.slug)) continue;
    const importance = importanceOf(dot) + (dot.population > LARGE_CITY ? 2 * TIER : 0);
    labels.push({ kind: "city", text: dot.name, x: dot.x, y: dot.y, away: dotRadiusOf(dot) + 2, importance });
  }
  return labels.sort((a, b) => b.importance - a.importance);
}

/** Returns how important it is to name a community: capitals and large cities come first. */
export function importanceOf({ population, isCapital }: Pick<Dot, "population" | "isCapital">): number {
  return population + (isCapital ? CAPITAL_BONUS : 0);
}
