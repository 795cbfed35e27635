import * as Plot from "@observablehq/plot";

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
