import * as Plot from "@observablehq/plot";

/** What every chart has in common. */
export const common = {
  style: { background: "none", color: "var(--ink)", fontSize: "13px", overflow: "visible" },
} as const;

/** Categories on the left are shown without ticks; the names are enough. */
export const names = { label: null, tickSize: 0, tickPadding: 8 } as const;

/**
 * A plot as one SVG. Its own style element is dropped: a Content-Security-Policy without inline styles refuses it, and
 * ChartFigure has the same rules.
 */
export function svg(options: Plot.PlotOptions): SVGSVGElement {
  const drawn = Plot.plot({ ...common, ...options, figure: false }) as unknown as SVGSVGElement;
  drawn.querySelectorAll("style").forEach((style) => style.remove());
  return drawn;
}

/** Drawings in one: beside each other, or below each other where it is narrow. */
export function together(drawings: SVGSVGElement[], narrow: boolean): SVGSVGElement {
  const outer = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  let [x, y, width, height] = [0, 0, 0, 0];
  for (const drawing of drawings) {
    const own = { width: Number(drawing.getAttribute("width")), height: Number(drawing.getAttribute("height")) };
    drawing.setAttribute("x", String(x));
    drawing.setAttribute("y", String(y));
    width = Math.max(width, x + own.width);
    height = Math.max(height, y + own.height);
    if (narrow) y += own.height + 8;
    else x += own.width;
    outer.append(drawing);
  }
  outer.setAttribute("width", String(width));
  outer.setAttribute("height", String(height));
  outer.setAttribute("viewBox", `0 0 ${width} ${height}`);
  return outer;
}

export { Plot };
