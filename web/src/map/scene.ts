import { type GeoProjection, geoGraticule, geoPath } from "d3-geo";
import type { FeatureCollection, Geometry } from "geojson";
import { feature } from "topojson-client";
import type { Topology } from "topojson-specification";
import statesUrl from "us-atlas/states-10m.json?url";
import countriesUrl from "world-atlas/countries-50m.json?url";
import { DRAWN_AS_STATES, countryCode, stateCode } from "./codes.ts";
import { type Point, arcPath } from "./projection.ts";

/** A state or country as drawn, with its bounding box in map coordinates. */
export interface Shape {
  kind: "state" | "country";
  code: string;
  path: Path2D;
  bounds: [Point, Point];
}

/** The map below the arcs. Its paths are computed once; the camera only transforms them. */
export interface BaseMap {
  sea: Path2D;
  graticule: Path2D;
  /** Land that is neither a US state or territory nor a partner country. */
  land: Path2D;
  shapes: Shape[];
}

/** Returns the sea and the graticule, which can be drawn before the shapes have loaded. */
export function emptyBaseMap(projection: GeoProjection): BaseMap {
  const path = geoPath(projection).digits(2);
  return {
    sea: new Path2D(path({ type: "Sphere" }) ?? ""),
    graticule: new Path2D(path(geoGraticule().step([15, 15])()) ?? ""),
    land: new Path2D(),
    shapes: [],
  };
}

/**
 * Fetches and projects the shapes. Those whose code is not in `codes` become land without a color.
 * @throws if a file cannot be fetched.
 */
export async function loadBaseMap(
  projection: GeoProjection,
  codes: { states: Set<string>; countries: Set<string> },
): Promise<BaseMap> {
  const [countries, states] = await Promise.all([
    fetchShapes(countriesUrl, "countries"),
    fetchShapes(statesUrl, "states"),
  ]);
  const baseMap = emptyBaseMap(projection);
  const path = geoPath(projection).digits(2);
  const add = (kind: Shape["kind"], code: string | undefined, selectable: Set<string>, geometry: Geometry) => {
    const outline = new Path2D(path(geometry) ?? "");
    if (code && selectable.has(code)) baseMap.shapes.push({ kind, code, path: outline, bounds: path.bounds(geometry) });
    else baseMap.land.addPath(outline);
  };
  for (const { id, geometry } of countries.features) {
    if (DRAWN_AS_STATES.has(String(id)) || String(id) === "010") continue;
    add("country", countryCode(id), codes.countries, geometry);
  }
  for (const { id, geometry } of states.features) add("state", stateCode(id), codes.states, geometry);
  return baseMap;
}

async function fetchShapes(url: string, object: string): Promise<FeatureCollection<Geometry>> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} returned ${response.status}`);
  const topology = (await response.json()) as Topology;
  const shapes = topology.objects[object];
  if (!shapes) throw new Error(`${url} has no ${object}`);
  return feature(topology, shapes) as FeatureCollection<Geometry>;
}

/** A community with partnerships, in map coordinates. */
export interface Dot {
  kind: "us" | "partner";
  slug: string;
  name: string;
  x: number;
  y: number;
  /** The number of its partnerships that match the filters. */
  count: number;
}

/** A partnership as drawn. */
export interface Arc {
  slug: string;
  path: Path2D;
}

type Located = { location: { latitude: number; longitude: number } | null };

/** Returns null if the location of either community is unknown. */
function toArc(projection: GeoProjection, partnership: { slug: string; us: Located; partner: Located }): Arc | null {
  const { us, partner } = partnership;
  if (!us.location || !partner.location) return null;
  const point = ({ latitude, longitude }: { latitude: number; longitude: number }): Point => [longitude, latitude];
  return { slug: partnership.slug, path: new Path2D(arcPath(projection, point(us.location), point(partner.location))) };
}

/**
 * Computes arcs in short slices, so that the page stays responsive, and reports all arcs computed so far.
 * Returns a function that stops the computation.
 */
export function makeArcs(
  projection: GeoProjection,
  partnerships: Parameters<typeof toArc>[1][],
  onProgress: (arcs: Map<string, Arc>, done: boolean) => void,
): () => void {
  const SLICE_MS = 8;
  const REPORT_MS = 120;
  const arcs = new Map<string, Arc>();
  let next = 0;
  let reported = performance.now();
  let timer: ReturnType<typeof setTimeout>;
  const slice = () => {
    const start = performance.now();
    while (next < partnerships.length && performance.now() - start < SLICE_MS) {
      const partnership = partnerships[next++];
      const arc = partnership && toArc(projection, partnership);
      if (arc) arcs.set(arc.slug, arc);
    }
    const done = next >= partnerships.length;
    if (done || performance.now() - reported > REPORT_MS) {
      onProgress(new Map(arcs), done);
      reported = performance.now();
    }
    if (!done) timer = setTimeout(slice);
  };
  timer = setTimeout(slice);
  return () => clearTimeout(timer);
}

/**
 * Merges arcs into a few paths. A canvas strokes a few large paths faster than thousands of small ones, and because arcs
 * of different paths still darken where they cross, dense routes stay visible.
 */
export function bundleArcs(arcs: Arc[], paths = 48): Path2D[] {
  const bundles = Array.from({ length: Math.min(paths, arcs.length) }, () => new Path2D());
  arcs.forEach(({ path }, index) => bundles[index % bundles.length]?.addPath(path));
  return bundles;
}
