import { type GeoProjection, geoGraticule, geoPath } from "d3-geo";
import type { FeatureCollection, Geometry } from "geojson";
import { feature } from "topojson-client";
import type { Topology } from "topojson-specification";
import statesUrl from "us-atlas/states-10m.json?url";
import coarseCountriesUrl from "world-atlas/countries-110m.json?url";
import fineCountriesUrl from "world-atlas/countries-50m.json?url";
import { DRAWN_AS_STATES, countryCode, stateCode } from "./codes.ts";
import type { Box } from "./projection.ts";

/** A state or country as drawn, with its bounding box in map coordinates. */
export interface Shape {
  kind: "state" | "country";
  code: string;
  path: Path2D;
  bounds: Box;
}

/** The map below the lines. Its paths are computed once; the camera only transforms them. */
export interface BaseMap {
  sea: Path2D;
  graticule: Path2D;
  /** Land that is neither a US state or territory nor a partner country. */
  land: Path2D;
  shapes: Shape[];
}

/** The codes of the places that can be selected. */
export interface Codes {
  states: Set<string>;
  countries: Set<string>;
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
 * Fetches and projects the shapes, one file after the other, so that the map is useful early: all coarse shapes, then fine states,
 * then fine countries. Fine shapes are six times as large as coarse ones. Shapes whose code is not in `codes` become land that
 * cannot be selected.
 * @throws if a file cannot be fetched.
 */
export async function* loadBaseMaps(projection: GeoProjection, codes: Codes): AsyncGenerator<BaseMap> {
  const [coarseCountries, coarseStates] = await Promise.all([
    fetchShapes(coarseCountriesUrl, "countries"),
    import("virtual:coarse-states"),
  ]);
  yield await project(projection, codes, coarseCountries, toShapes(coarseStates.default, "states"));
  const states = await fetchShapes(statesUrl, "states");
  yield await project(projection, codes, coarseCountries, states);
  yield await project(projection, codes, await fetchShapes(fineCountriesUrl, "countries"), states);
}

type Shapes = FeatureCollection<Geometry>;

async function project(projection: GeoProjection, codes: Codes, countries: Shapes, states: Shapes): Promise<BaseMap> {
  const baseMap = emptyBaseMap(projection);
  const path = geoPath(projection).digits(2);
  const pause = pauses();
  const add = (kind: Shape["kind"], code: string | undefined, selectable: Set<string>, geometry: Geometry) => {
    const outline = new Path2D(path(geometry) ?? "");
    if (code && selectable.has(code)) baseMap.shapes.push({ kind, code, path: outline, bounds: path.bounds(geometry) });
    else baseMap.land.addPath(outline);
  };
  for (const { id, geometry } of countries.features) {
    if (DRAWN_AS_STATES.has(String(id)) || String(id) === "010") continue;
    add("country", countryCode(id), codes.countries, geometry);
    await pause();
  }
  for (const { id, geometry } of states.features) {
    add("state", stateCode(id), codes.states, geometry);
    await pause();
  }
  return baseMap;
}

/** Returns a function that lets the page handle events if it was busy for 8 ms, half a frame. */
function pauses(): () => Promise<void> | void {
  let start = performance.now();
  return () => {
    if (performance.now() - start < 8) return;
    return new Promise((resolve) => {
      setTimeout(() => {
        start = performance.now();
        resolve();
      });
    });
  };
}

async function fetchShapes(url: string, object: string): Promise<Shapes> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} returned ${response.status}`);
  return toShapes((await response.json()) as Topology, object);
}

function toShapes(topology: Topology, object: string): Shapes {
  const shapes = topology.objects[object];
  if (!shapes) throw new Error(`the shapes have no ${object}`);
  return feature(topology, shapes) as Shapes;
}
