import { type GeoProjection, geoGraticule, geoPath } from "d3-geo";
import type { FeatureCollection, Geometry } from "geojson";
import { feature } from "topojson-client";
import type { Topology } from "topojson-specification";
import statesUrl from "us-atlas/states-10m.json?url";
import countriesUrl from "world-atlas/countries-50m.json?url";
import { DRAWN_AS_STATES, countryCode, stateCode } from "./places.ts";
import { type Point, arcPath } from "./projection.ts";

/** A state or a country on the sheet. */
export interface Shape {
  kind: "state" | "country";
  code: string;
  path: Path2D;
  bounds: [Point, Point];
}

/** What lies under the ties. Paths are made once; the camera only transforms them. */
export interface Ground {
  sea: Path2D;
  graticule: Path2D;
  /** Land that no tie reaches. */
  land: Path2D;
  shapes: Shape[];
}

/** The sea and its lines, which need no file. */
export function emptyGround(projection: GeoProjection): Ground {
  const path = geoPath(projection).digits(2);
  return {
    sea: new Path2D(path({ type: "Sphere" }) ?? ""),
    graticule: new Path2D(path(geoGraticule().step([15, 15])()) ?? ""),
    land: new Path2D(),
    shapes: [],
  };
}

/**
 * Fetches the shapes and puts them on the sheet; `codes` are the places that the API knows.
 * @throws where a file cannot be fetched.
 */
export async function loadGround(
  projection: GeoProjection,
  codes: { states: Set<string>; countries: Set<string> },
): Promise<Ground> {
  const [countries, states] = await Promise.all([
    fetchShapes(countriesUrl, "countries"),
    fetchShapes(statesUrl, "states"),
  ]);
  const ground = emptyGround(projection);
  const path = geoPath(projection).digits(2);
  const add = (kind: Shape["kind"], code: string | undefined, known: Set<string>, geometry: Geometry) => {
    const drawn = new Path2D(path(geometry) ?? "");
    if (code && known.has(code)) ground.shapes.push({ kind, code, path: drawn, bounds: path.bounds(geometry) });
    else ground.land.addPath(drawn);
  };
  for (const { id, geometry } of countries.features) {
    if (DRAWN_AS_STATES.has(String(id)) || String(id) === "010") continue;
    add("country", countryCode(id), codes.countries, geometry);
  }
  for (const { id, geometry } of states.features) add("state", stateCode(id), codes.states, geometry);
  return ground;
}

async function fetchShapes(url: string, object: string): Promise<FeatureCollection<Geometry>> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`the shapes of the map could not be fetched: ${response.status}`);
  const topology = (await response.json()) as Topology;
  const shapes = topology.objects[object];
  if (!shapes) throw new Error(`${url} has no ${object}`);
  return feature(topology, shapes) as FeatureCollection<Geometry>;
}

/** An end of ties on the sheet. */
export interface Dot {
  kind: "us" | "partner";
  slug: string;
  name: string;
  x: number;
  y: number;
  /** Ties that end here, under the filter. */
  ties: number;
}

/** A tie on the sheet; null where a location is not known or where it lies at no distance. */
export interface Arc {
  slug: string;
  path: Path2D;
}

type Located = { location: { latitude: number; longitude: number } | null };

function toArc(projection: GeoProjection, tie: { slug: string; us: Located; partner: Located }): Arc | null {
  const { us, partner } = tie;
  if (!us.location || !partner.location) return null;
  const end = ({ latitude, longitude }: { latitude: number; longitude: number }): Point => [longitude, latitude];
  return { slug: tie.slug, path: new Path2D(arcPath(projection, end(us.location), end(partner.location))) };
}

/**
 * Makes the arcs of ties a part at a time, so that the page answers its reader meanwhile; hands over all that are made
 * after each part. Returns what stops it.
 */
export function makeArcs(
  projection: GeoProjection,
  ties: Parameters<typeof toArc>[1][],
  made: (arcs: Map<string, Arc>, done: boolean) => void,
): () => void {
  const PART_MS = 8;
  const SHOW_MS = 120;
  const arcs = new Map<string, Arc>();
  let next = 0;
  let shown = performance.now();
  let timer: ReturnType<typeof setTimeout>;
  const part = () => {
    const start = performance.now();
    while (next < ties.length && performance.now() - start < PART_MS) {
      const tie = ties[next++];
      const arc = tie && toArc(projection, tie);
      if (arc) arcs.set(arc.slug, arc);
    }
    const done = next >= ties.length;
    if (done || performance.now() - shown > SHOW_MS) {
      made(new Map(arcs), done);
      shown = performance.now();
    }
    if (!done) timer = setTimeout(part);
  };
  timer = setTimeout(part);
  return () => clearTimeout(timer);
}

/**
 * Ties in a few paths instead of one each: a canvas strokes some thousands of arcs in a few calls then, and arcs of
 * different paths still darken where they cross, so that the map shows where many run.
 */
export function bundle(arcs: Arc[], paths = 48): Path2D[] {
  const bundles = Array.from({ length: Math.min(paths, arcs.length) }, () => new Path2D());
  arcs.forEach(({ path }, index) => bundles[index % bundles.length]?.addPath(path));
  return bundles;
}
