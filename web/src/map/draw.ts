import type { Placement } from "./camera.ts";
import type { Colors } from "./colors.ts";
import type { Arc, Dot, BaseMap, Shape } from "./scene.ts";

/** A circle that stands for a place whose shape is missing or too small to be seen at this scale. */
export interface Marker {
  kind: Shape["kind"];
  code: string;
  x: number;
  y: number;
}

/** A sign for the selected place (a ring) or for one of its matches (a diamond). */
export interface Mark {
  kind: "place" | "match";
  slug: string;
  name: string;
  x: number;
  y: number;
  partnerships: number;
}

/** A name on the map. If two overlap, the first one is drawn. */
export interface Label {
  text: string;
  x: number;
  y: number;
  size: number;
}

/** The contents of the lower canvas. */
export interface BaseLayer {
  baseMap: BaseMap;
  markers: Marker[];
  /** The arcs of all partnerships, and the opacity they are drawn with. */
  bundles: Path2D[];
  arcOpacity: number;
  dots: Dot[];
  /** Returns the color token of a place. */
  tokenOf(kind: Shape["kind"], code: string): string;
}

/** The contents of the upper canvas: the selected and hovered objects, and the labels. */
export interface HighlightLayer {
  labels: Label[];
  shapes: Shape[];
  markers: Marker[];
  arcs: Arc[];
  dots: Dot[];
  marks: Mark[];
}

/** The radius of a marker in pixels. */
export const MARKER_RADIUS = 4.5;

/** The distance from the center of a mark to its edge, in pixels. */
export const MARK_RADIUS = 7;

function prepare(canvas: HTMLCanvasElement, placement: Placement): CanvasRenderingContext2D | null {
  const context = canvas.getContext("2d");
  if (!context) return null;
  const ratio = canvas.width / Math.max(1, canvas.clientWidth);
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, canvas.width, canvas.height);
  const { scale, x, y } = placement;
  context.setTransform(ratio * scale, 0, 0, ratio * scale, ratio * x, ratio * y);
  context.lineJoin = "round";
  return context;
}

type Box = Shape["bounds"];

/** Returns the visible part of the map, in map coordinates. */
function visibleBox(canvas: HTMLCanvasElement, { scale, x, y }: Placement): Box {
  return [
    [-x / scale, -y / scale],
    [(canvas.clientWidth - x) / scale, (canvas.clientHeight - y) / scale],
  ];
}

function overlaps(a: Box, b: Box): boolean {
  return a[0][0] <= b[1][0] && a[1][0] >= b[0][0] && a[0][1] <= b[1][1] && a[1][1] >= b[0][1];
}

/** Returns the radius of a dot in pixels; its area grows with the number of partnerships. */
export function dotRadius(count: number, zoom: number): number {
  return Math.min(7, (0.9 + 0.55 * Math.sqrt(count)) * Math.min(1.8, 0.75 + zoom / 8));
}

export function drawBase(
  canvas: HTMLCanvasElement,
  layer: BaseLayer,
  placement: Placement,
  zoom: number,
  colors: Colors,
) {
  const context = prepare(canvas, placement);
  if (!context) return;
  const { baseMap } = layer;
  const pixel = 1 / placement.scale;

  context.fillStyle = colors("--sea");
  context.fill(baseMap.sea);
  context.strokeStyle = colors("--graticule");
  context.lineWidth = pixel;
  context.stroke(baseMap.graticule);
  context.fillStyle = colors("--land");
  context.fill(baseMap.land);
  context.strokeStyle = colors("--land-line");
  context.lineWidth = 0.7 * pixel;
  context.stroke(baseMap.land);
  const frame = visibleBox(canvas, placement);
  for (const { kind, code, path, bounds } of baseMap.shapes) {
    if (!overlaps(bounds, frame)) continue;
    context.fillStyle = colors(layer.tokenOf(kind, code));
    context.fill(path);
    context.stroke(path);
  }
  for (const { kind, code, x, y } of layer.markers) {
    context.beginPath();
    context.arc(x, y, MARKER_RADIUS * pixel, 0, 2 * Math.PI);
    context.fillStyle = colors(layer.tokenOf(kind, code));
    context.fill();
    context.strokeStyle = colors("--line-strong");
    context.lineWidth = pixel;
    context.stroke();
  }

  context.strokeStyle = colors("--arc");
  context.lineWidth = Math.min(1.3, 0.6 + zoom / 20) * pixel;
  context.globalAlpha = layer.arcOpacity;
  for (const path of layer.bundles) context.stroke(path);
  context.globalAlpha = 1;

  drawDots(context, layer.dots, pixel, zoom, colors("--arc"), colors("--surface"));
}

export function drawHighlight(
  canvas: HTMLCanvasElement,
  layer: HighlightLayer,
  placement: Placement,
  zoom: number,
  colors: Colors,
) {
  const context = prepare(canvas, placement);
  if (!context) return;
  const pixel = 1 / placement.scale;
  context.strokeStyle = colors("--ink");
  context.lineWidth = 1.8 * pixel;
  for (const { path } of layer.shapes) context.stroke(path);
  for (const { x, y } of layer.markers) {
    context.beginPath();
    context.arc(x, y, (MARKER_RADIUS + 1) * pixel, 0, 2 * Math.PI);
    context.stroke();
  }
  context.strokeStyle = colors("--arc-strong");
  context.lineWidth = (layer.arcs.length > 60 ? 0.9 : layer.arcs.length > 12 ? 1.2 : 1.8) * pixel;
  // Hundreds of opaque arcs would merge into one patch.
  context.globalAlpha = Math.min(0.85, Math.max(0.3, 5 / Math.sqrt(layer.arcs.length)));
  for (const { path } of layer.arcs) context.stroke(path);
  context.globalAlpha = 1;
  drawDots(context, layer.dots, pixel, zoom, colors("--arc-strong"), colors("--surface"));
  drawMarks(context, layer.marks, pixel, colors);
  drawLabels(context, layer.labels, placement, colors);
}

function drawMarks(context: CanvasRenderingContext2D, marks: Mark[], pixel: number, colors: Colors) {
  const radius = MARK_RADIUS * pixel;
  for (const { kind, x, y } of marks) {
    context.beginPath();
    if (kind === "match") {
      context.moveTo(x, y - radius);
      context.lineTo(x + radius, y);
      context.lineTo(x, y + radius);
      context.lineTo(x - radius, y);
      context.closePath();
      context.fillStyle = colors("--series-3");
      context.fill();
      context.strokeStyle = colors("--surface");
      context.lineWidth = 1.5 * pixel;
    } else {
      context.arc(x, y, radius, 0, 2 * Math.PI);
      context.strokeStyle = colors("--ink");
      context.lineWidth = 2.5 * pixel;
    }
    context.stroke();
  }
}

function drawDots(
  context: CanvasRenderingContext2D,
  dots: Dot[],
  pixel: number,
  zoom: number,
  fill: string,
  rim: string,
) {
  context.fillStyle = fill;
  context.strokeStyle = rim;
  context.lineWidth = 0.6 * pixel;
  for (const { x, y, count } of dots) {
    context.beginPath();
    context.arc(x, y, dotRadius(count, zoom) * pixel, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
  }
}

function drawLabels(context: CanvasRenderingContext2D, labels: Label[], placement: Placement, colors: Colors) {
  const ratio = context.canvas.width / Math.max(1, context.canvas.clientWidth);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineWidth = 3;
  context.lineJoin = "round";
  context.strokeStyle = colors("--surface");
  context.fillStyle = colors("--ink");
  const taken: { left: number; right: number; top: number; bottom: number }[] = [];
  for (const { text, x, y, size } of labels) {
    const left = x * placement.scale + placement.x;
    const top = y * placement.scale + placement.y;
    context.font = `600 ${size}px "Source Sans 3 Variable", sans-serif`;
    const half = context.measureText(text).width / 2 + 3;
    const box = { left: left - half, right: left + half, top: top - size * 0.7, bottom: top + size * 0.7 };
    if (
      taken.some(
        (other) => box.left < other.right && box.right > other.left && box.top < other.bottom && box.bottom > other.top,
      )
    ) {
      continue;
    }
    taken.push(box);
    context.globalAlpha = 0.85;
    context.strokeText(text, left, top);
    context.globalAlpha = 1;
    context.fillText(text, left, top);
  }
}
