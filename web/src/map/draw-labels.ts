import type { Placement } from "./camera.ts";
import type { Circle } from "./circles.ts";
import type { Colors } from "./colors.ts";
import type { Label, LabelKind } from "./labels.ts";
import type { Rectangle } from "./overlays.ts";

const FACE = '"Source Sans 3 Variable", sans-serif';

const STYLES: Record<LabelKind, { font: string; size: number; spacing: string; token: string; upper?: boolean }> = {
  country: { font: `600 13px ${FACE}`, size: 13, spacing: "0px", token: "--ink" },
  state: { font: `600 10px ${FACE}`, size: 10, spacing: "0.8px", token: "--ink-soft", upper: true },
  city: { font: `italic 500 12px ${FACE}`, size: 12, spacing: "0px", token: "--ink" },
  emphasis: { font: `700 12.5px ${FACE}`, size: 12.5, spacing: "0px", token: "--ink" },
};

/**
 * Draws labels, the first ones first; those that would overlap an earlier one, a circle, or an overlay are left out. What
 * the reader selects or points at may cover circles.
 */
export function drawLabels(
  context: CanvasRenderingContext2D,
  labels: Label[],
  circles: Circle[],
  overlays: Rectangle[],
  { scale, x, y }: Placement,
  visible: Rectangle,
  colors: Colors,
) {
  context.textBaseline = "middle";
  context.textAlign = "left";
  context.lineWidth = 3;
  context.lineJoin = "round";
  context.strokeStyle = colors("--surface");
  const taken: Rectangle[] = [...overlays];
  const covered: Rectangle[] = circles.map((circle) => {
    const [left, top] = [circle.x * scale + x, circle.y * scale + y];
    // The corners of the square around a circle are free.
    const half = circle.radius * 0.85;
    return { left: left - half, right: left + half, top: top - half, bottom: top + half };
  });
  for (const label of labels) {
    const { font, size, spacing, token, upper } = STYLES[label.kind];
    const at = { x: label.x * scale + x, y: label.y * scale + y };
    if (at.x < visible.left || at.x > visible.right || at.y < visible.top || at.y > visible.bottom) continue;
    context.font = font;
    context.letterSpacing = spacing;
    const fitting = [label.text, label.short]
      .flatMap((text) => text ?? [])
      .map((text) => (upper ? text.toUpperCase() : text))
      .map((text) => ({ text, width: context.measureText(text).width }))
      .find(({ width }) => label.fits === undefined || width <= label.fits);
    if (!fitting) continue;
    const { text, width } = fitting;
    const obstacles = label.kind === "emphasis" ? taken : [...taken, ...covered];
    const box = positions(at, label.away, width, size).find(
      (candidate) => !obstacles.some((other) => meet(candidate, other)),
    );
    if (!box) continue;
    taken.push(box);
    context.globalAlpha = 0.85;
    context.strokeText(text, box.left, (box.top + box.bottom) / 2);
    context.globalAlpha = 1;
    context.fillStyle = colors(token);
    context.fillText(text, box.left, (box.top + box.bottom) / 2);
  }
  context.letterSpacing = "0px";
}

/** Returns where a label can go: on its point, or else below, right, above, or left of it, aslant, or above or below to one side. */
function positions(at: { x: number; y: number }, away: number, width: number, size: number): Rectangle[] {
  const half = size * 0.6;
  const around = (x: number, y: number): Rectangle => ({
    left: x - width / 2,
    right: x + width / 2,
    top: y - half,
    bottom: y + half,
  });
  if (away === 0) return [around(at.x, at.y)];
  const [aside, above] = [away + width / 2 + 2, away + half];
  return [
    around(at.x, at.y + above),
    around(at.x + aside, at.y),
    around(at.x, at.y - above),
    around(at.x - aside, at.y),
    ...[above * 0.7, above * -0.7].flatMap((y) => [aside * 0.9, aside * -0.9].map((x) => around(at.x + x, at.y + y))),
    ...[-above, above].flatMap((y) => [width / 2, width / -2].map((x) => around(at.x + x, at.y + y))),
  ];
}

function meet(a: Rectangle, b: Rectangle): boolean {
  const GAP = 3;
  return a.left < b.right + GAP && a.right > b.left - GAP && a.top < b.bottom && a.bottom > b.top;
}
