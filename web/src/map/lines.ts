import type { GeoProjection } from "d3-geo";
import type { MapCountry, MapPartnership, MapState } from "../atlas/partnerships.ts";
import { type Curve, addToPath, boundsOf, curveBetween } from "./curve.ts";
import { type Box, type Point, contains } from "./projection.ts";

/** A line of the map: one partnership, or all partnerships of a state with a country. */
export interface Line {
  path: Path2D;
  curve: Curve;
  bounds: Box;
  partnerships: MapPartnership[];
  isBundle: boolean;
  /** The width in pixels. */
  width: number;
  /** Whether all of its partnerships have ended. */
  isEnded: boolean;
  /** Whether none of its partnerships is listed or ended: they are dormant or suspended. */
  isInactive: boolean;
}

/** At most so many partnerships with an end in view are drawn one by one on the whole map, and closer, where they spread. */
const SINGLE_LINES = 120;
const SINGLE_LINES_CLOSE = 500;
/** The width of the widest bundle, in pixels. */
const WIDEST = 12;
const NARROWEST = 0.5;
const SINGLE_WIDTH = 1.2;

/** Returns the width of a bundle in pixels, in proportion to its number of partnerships. */
export function bundleWidth(count: number, largest: number): number {
  return Math.max(NARROWEST, (count / largest) * WIDEST);
}

/** The longitudes and latitudes at which bundles end, by the code of the state or country. */
export interface Anchors {
  states: Map<string, Point>;
  countries: Map<string, Point>;
}

export function anchorsOf(states: MapState[], countries: MapCountry[]): Anchors {
  const toAnchors = (places: (MapState | MapCountry)[]) =>
    new Map(places.flatMap(({ code, location }) => (location ? [[code, toPoint(location)] as const] : [])));
  return { states: toAnchors(states), countries: toAnchors(countries) };
}

/**
 * Computes lines, each only once however often filters and the camera change: `single` of a partnership, `bundles` of
 * each state with each country.
 */
export class LineFactory {
  #singles = new Map<string, Line | null>();
  #curves = new Map<string, Curve | null>();

  constructor(
    readonly projection: GeoProjection,
    readonly anchors: Anchors,
    /** The number of partnerships of the widest bundle. */
    readonly largest: number,
  ) {}

  singles(partnerships: MapPartnership[]): Line[] {
    return partnerships.flatMap((partnership) => this.single(partnership) ?? []);
  }

  /** Returns null if the location of either community is unknown. */
  single(partnership: MapPartnership): Line | null {
    const { slug, us, partner } = partnership;
    let line = this.#singles.get(slug);
    if (line === undefined) {
      const curve =
        us.location && partner.location
          ? curveBetween(this.projection, toPoint(us.location), toPoint(partner.location))
          : null;
      line = curve && toLine(curve, [partnership], SINGLE_WIDTH);
      this.#singles.set(slug, line);
    }
    return line;
  }

  /** Returns one line for each state and country, the widest first, so that narrow ones are drawn on top. */
  bundles(partnerships: MapPartnership[]): Line[] {
    const groups = Map.groupBy(partnerships, ({ state, country }) => `${state.code}:${country.code}`);
    return [...groups]
      .flatMap(([key, group]) => {
        const curve = this.#curveOf(key);
        const width = bundleWidth(group.length, this.largest);
        return curve ? { ...toLine(curve, group, width), isBundle: true } : [];
      })
      .sort((a, b) => b.width - a.width);
  }

  #curveOf(key: string): Curve | null {
    let curve = this.#curves.get(key);
    if (curve === undefined) {
      const [state = "", country = ""] = key.split(":");
      const [from, to] = [this.anchors.states.get(state), this.anchors.countries.get(country)];
      curve = from && to ? curveBetween(this.projection, from, to) : null;
      this.#curves.set(key, curve);
    }
    return curve;
  }
}

/**
 * Returns the lines with an end in view: one for each partnership if there are few, or else one for each state and
 * country. Others would only cross the view.
 */
export function linesInView(factory: LineFactory, partnerships: MapPartnership[], view: Box, isClose: boolean): Line[] {
  const most = isClose ? SINGLE_LINES_CLOSE : SINGLE_LINES;
  const singles: Line[] = [];
  for (const partnership of partnerships) {
    const line = factory.single(partnership);
    if (!line || !hasEndIn(line, view)) continue;
    singles.push(line);
    if (singles.length > most) return factory.bundles(partnerships).filter((bundle) => hasEndIn(bundle, view));
  }
  return singles;
}

/** Returns the number of partnerships of the state and country that have the most. */
export function largestBundle(partnerships: MapPartnership[]): number {
  const groups = Map.groupBy(partnerships, ({ state, country }) => `${state.code}:${country.code}`);
  return Math.max(1, ...[...groups.values()].map(({ length }) => length));
}

function hasEndIn({ curve }: Line, view: Box): boolean {
  return contains(view, curve.from) || contains(view, curve.to);
}

function toLine(curve: Curve, partnerships: MapPartnership[], width: number): Line {
  const path = new Path2D();
  addToPath(path, curve);
  return {
    path,
    curve,
    bounds: boundsOf(curve),
    partnerships,
    isBundle: false,
    width,
    isEnded: partnerships.every(({ status }) => status === "ENDED"),
    isInactive: partnerships.every(({ status }) => status === "DORMANT" || status === "SUSPENDED"),
  };
}

function toPoint({ latitude, longitude }: { latitude: number; longitude: number }): Point {
  return [longitude, latitude];
}
