import type { BaseMap, Shape } from "./base-map.ts";
import { type Placement, visibleBox } from "./camera.ts";
import type { Circle } from "./circles.ts";
import type { Colors } from "./colors.ts";
import { drawLabels } from "./draw-labels.ts";
import type { Dot } from "./endpoints.ts";
import type { Label } from "./labels.ts";
import type { Line } from "./lines.ts";
import type { Mark } from "./marks.ts";
import type { Rectangle } from "./overlays.ts";
import type { Picture } from "./picture.ts";
import { type Box, overlaps } from "./projection.ts";

/** A circle that stands for a place whose shape is missing or too small to be shaded at this scale. */
export interface Marker {
  kind: Shape["kind"];
  code: string;
  x: number;
  y: number;
}

/** The contents of the lower canvas. */
export interface BaseLayer {
  baseMap: BaseMap;
  markers: Marker[];
  circles: Circle[];
  lines: Line[];
  /** The opacity of lines and circles; they are faint behind a selection. */
  lineOpacity: number;
  circleOpacity: number;
  dots: Dot[];
  /** Returns the color token of a place. */
  tokenOf(kind: Shape["kind"], code: string): string;
}

/** The contents of the upper canvas: the selected and hovered objects, and the labels. */
export interface HighlightLayer {
  labels: Label[];
  /** The circles of the lower canvas, which labels do not cover. */
  obstacles: Circle[];
  /** What lies on the map, such as its key, under which no label goes. */
  overlays: Rectangle[];
  shapes: Shape[];
  markers: Marker[];
  circles: Circle[];
  /** The lines of the selection. */
  selected: Line[];
  /** The lines that the reader points at, on the map or in a list. */
  lit: Line[];
  dots: Dot[];
  marks: Mark[];
}

/** The radius of a marker in pixels. */
export const MARKER_RADIUS = 4.5;

/** The distance from the center of a mark to its edge, in pixels. */
export const MARK_RADIUS = 7;

/** How dashed the line of an ended partnership is, in pixels, and how faint that of a dormant or suspended one is. */
const DASH = [5, 4];
const INACTIVE_OPACITY = 0.4;

/** Returns the radius of a dot in pixels; its area grows with the number of partnerships. */
export function dotRadius(count: number, zoom: number): number {
  return Math.min(7, (0.9 + 0.55 * Math.sqrt(count)) * Math.min(1.8, 0.75 + zoom / 8));
}

export function drawBase(canvas: HTMLCanvasElement, picture: Picture, layer: BaseLayer, zoom: number, colors: Colors) {
  const context = prepare(canvas, picture);
  if (!context) return;
  const { baseMap } = layer;
  const pixel = 1 / picture.placement.scale;
  const view = boxOf(picture);

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
  for (const { kind, code, path, bounds } of baseMap.shapes) {
    if (!overlaps(bounds, view)) continue;
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
  drawLines(context, layer.lines, pixel, view, { opacity: layer.lineOpacity });
  drawCircles(context, layer.circles, layer.circleOpacity, pixel, colors);
  drawDots(context, layer.dots, pixel, zoom, colors("--arc"), colors("--surface"));
}

export function drawHighlight(
  canvas: HTMLCanvasElement,
  picture: Picture,
  layer: HighlightLayer,
  zoom: number,
  colors: Colors,
) {
  const context = prepare(canvas, picture);
  if (!context) return;
  const { placement, width, height, margin } = picture;
  const pixel = 1 / placement.scale;
  const view = boxOf(picture);
  context.strokeStyle = colors("--ink");
  context.lineWidth = 1.8 * pixel;
  for (const { path } of layer.shapes) context.stroke(path);
  for (const { x, y } of layer.markers) strokeCircle(context, x, y, (MARKER_RADIUS + 1) * pixel);
  for (const { x, y, radius } of layer.circles) strokeCircle(context, x, y, radius * pixel);

  context.strokeStyle = colors("--arc-strong");
  // Hundreds of opaque lines would merge into one patch.
  const opacity = Math.min(0.85, Math.max(0.3, 5 / Math.sqrt(layer.selected.length)));
  const width1 = layer.selected.length > 60 ? 0.9 : layer.selected.length > 12 ? 1.2 : 1.8;
  drawLines(context, layer.selected, pixel, view, { opacity, width: width1 });
  // A halo keeps the line that the reader points at apart from its neighbors.
  const litWidth = (line: Line) => Math.max(2.5, line.isBundle ? line.width : 0);
  context.strokeStyle = colors("--surface");
  for (const line of layer.lit) drawLines(context, [line], pixel, view, { opacity: 0.9, width: litWidth(line) + 3 });
  context.strokeStyle = colors("--arc-strong");
  for (const line of layer.lit) drawLines(context, [line], pixel, view, { opacity: 1, width: litWidth(line) });

  drawDots(context, layer.dots, pixel, zoom, colors("--arc-strong"), colors("--surface"));
  drawMarks(context, layer.marks, pixel, colors);
  const ratio = ratioOf(canvas, picture);
  context.setTransform(ratio, 0, 0, ratio, ratio * margin.x, ratio * margin.y);
  const frame = { left: 0, right: width, top: 0, bottom: height };
  const visible = { left: -margin.x, right: width + margin.x, top: -margin.y, bottom: height + margin.y };
  drawLabels(context, layer.labels, layer.obstacles, layer.overlays, placement, frame, visible, colors);
}

function prepare(canvas: HTMLCanvasElement, picture: Picture): CanvasRenderingContext2D | null {
  const context = canvas.getContext("2d");
  if (!context) return null;
  const {
    placement: { scale, x, y },
    margin,
  } = picture;
  const ratio = ratioOf(canvas, picture);
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.setTransform(ratio * scale, 0, 0, ratio * scale, ratio * (x + margin.x), ratio * (y + margin.y));
  context.lineJoin = "round";
  return context;
}

/** Returns the pixels of the canvas per pixel of the page. */
function ratioOf(canvas: HTMLCanvasElement, { width, margin }: Picture): number {
  return canvas.width / Math.max(1, width + 2 * margin.x);
}

/** Returns the part of the map that the picture shows, in map coordinates. */
function boxOf({ placement, width, height, margin }: Picture): Box {
  const moved: Placement = { ...placement, x: placement.x + margin.x, y: placement.y + margin.y };
  return visibleBox(moved, width + 2 * margin.x, height + 2 * margin.y);
}

function drawLines(
  context: CanvasRenderingContext2D,
  lines: Line[],
  pixel: number,
  view: Box,
  { opacity, width }: { opacity: number; width?: number },
) {
  const dash = DASH.map((length) => length * pixel);
  for (const line of lines) {
    if (!overlaps(line.bounds, view)) continue;
    context.lineWidth = (width ?? line.width) * pixel;
    context.globalAlpha = opacity * (line.isInactive ? INACTIVE_OPACITY : 1);
    context.setLineDash(line.isEnded ? dash : []);
    context.stroke(line.path);
  }
  context.setLineDash([]);
  context.globalAlpha = 1;
}

function drawCircles(
  context: CanvasRenderingContext2D,
  circles: Circle[],
  opacity: number,
  pixel: number,
  colors: Colors,
) {
  context.lineWidth = pixel;
  context.strokeStyle = colors("--surface");
  for (const { x, y, radius, token } of circles) {
    context.beginPath();
    context.arc(x, y, radius * pixel, 0, 2 * Math.PI);
    context.fillStyle = colors(token);
    context.globalAlpha = opacity;
    context.fill();
    context.globalAlpha = 1;
    context.stroke();
  }
}

function strokeCircle(context: CanvasRenderingContext2D, x: number, y: number, radius: number) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.stroke();
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
