import * as Plot from "@observablehq/plot";
import { formatNumber } from "../wording/format.ts";

const baseOptions = {
  style: { background: "none", color: "var(--ink)", fontSize: "13px", overflow: "visible" },
} as const;

/** An axis of category names without ticks. */
export const categoryAxis = { label: null, tickSize: 0, tickPadding: 8 } as const;

/**
 * Draws a plot as one SVG. Its own style element is removed, because a Content-Security-Policy without inline styles
 * blocks it; ChartFigure has the same rules.
 */
export function plotSvg(options: Plot.PlotOptions): SVGSVGElement {
  const drawing = Plot.plot({ ...baseOptions, ...options, figure: false }) as unknown as SVGSVGElement;
  drawing.querySelectorAll("style").forEach((style) => style.remove());
  return drawing;
}

interface Pair {
  name: string;
  recorded: number;
  published: number | null;
}

/** Two bars for each row, with their numbers at the ends: what is recorded, and below it what was published, if anything. */
export function pairedBars(rows: Pair[], rowHeight: number): Plot.Markish[] {
  const half = rowHeight / 2;
  const pairs = rows.filter(({ published }) => published !== null);
  const singles = rows.filter(({ published }) => published === null);
  const bars = [
    { shown: pairs, x: "recorded", fill: "var(--series-1)", insetTop: 2, insetBottom: half },
    { shown: pairs, x: "published", fill: "var(--series-2)", insetTop: half + 1, insetBottom: 1 },
    { shown: singles, x: "recorded", fill: "var(--series-1)", insetTop: half / 2, insetBottom: half / 2 },
  ] as const;
  return bars.flatMap(({ shown, x, fill, insetTop, insetBottom }) => [
    Plot.barX(shown, { x, y: "name", fill, insetTop, insetBottom }),
    Plot.text(shown, {
      x,
      y: "name",
      text: (row: Pair) => formatNumber(row[x] ?? 0),
      dx: 6,
      dy: (insetTop - insetBottom) / 2,
      textAnchor: "start",
      fontSize: 12,
      fontWeight: 600,
    }),
  ]);
}

/** Combines drawings into one SVG: side by side, or stacked if `stacked`. */
export function combine(drawings: SVGSVGElement[], stacked: boolean): SVGSVGElement {
  const outer = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  let [x, y, width, height] = [0, 0, 0, 0];
  for (const drawing of drawings) {
    const size = { width: Number(drawing.getAttribute("width")), height: Number(drawing.getAttribute("height")) };
    drawing.setAttribute("x", String(x));
    drawing.setAttribute("y", String(y));
    width = Math.max(width, x + size.width);
    height = Math.max(height, y + size.height);
    if (stacked) y += size.height + 8;
    else x += size.width;
    outer.append(drawing);
  }
  outer.setAttribute("width", String(width));
  outer.setAttribute("height", String(height));
  outer.setAttribute("viewBox", `0 0 ${width} ${height}`);
  return outer;
}

export { Plot };
