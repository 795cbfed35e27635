import type { Placement } from "./camera.ts";
import type { Circle } from "./circles.ts";
import type { Colors } from "./colors.ts";
import type { Label, LabelKind } from "./labels.ts";
import type { Rectangle } from "./overlays.ts";

/** The distance of a label from its circle, and by how much others are farther away, in pixels. */
const GAP = 2;

const FACE = '"Source Sans 3 Variable", sans-serif';

const STYLES: Record<LabelKind, { font: string; size: number; spacing: string; token: string; upper?: boolean }> = {
  country: { font: `600 13px ${FACE}`, size: 13, spacing: "0px", token: "--ink" },
  state: { font: `600 10px ${FACE}`, size: 10, spacing: "0.8px", token: "--ink-soft", upper: true },
  city: { font: `italic 500 12px ${FACE}`, size: 12, spacing: "0px", token: "--ink" },
  emphasis: { font: `700 12.5px ${FACE}`, size: 12.5, spacing: "0px", token: "--ink" },
};

/** A circle in pixels of the frame. */
type Disk = Pick<Circle, "x" | "y" | "radius">;

/** What labels keep clear of, in pixels of the frame. */
interface Surroundings {
  /** Labels and overlays. */
  taken: Rectangle[];
  circles: Disk[];
  /** The part of the map that the reader sees. */
  frame: Rectangle;
}

/**
 * Draws labels, the first ones first; those that would overlap an earlier one, a circle, or an overlay, or that the edge of the
 * frame would cut off, are left out. What the reader selects or points at may cover circles.
 */
export function drawLabels(
  context: CanvasRenderingContext2D,
  labels: Label[],
  circles: Circle[],
  overlays: Rectangle[],
  { scale, x, y }: Placement,
  frame: Rectangle,
  visible: Rectangle,
  colors: Colors,
) {
  context.textBaseline = "middle";
  context.textAlign = "left";
  context.lineWidth = 3;
  context.lineJoin = "round";
  context.strokeStyle = colors("--surface");
  const taken: Rectangle[] = [...overlays];
  const disks = circles.map((circle) => ({ x: circle.x * scale + x, y: circle.y * scale + y, radius: circle.radius }));
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
    const mayCover = label.kind === "emphasis";
    const box = placeBeside(at, label.away, width, size, { taken, circles: mayCover ? [] : disks, frame });
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

/**
 * Returns where a label goes: to the first position at which no other circle is about as close as its own, or else where others
 * are farthest. It may cover circles that are much smaller than its own. Undefined if there is no position.
 */
export function placeBeside(
  at: { x: number; y: number },
  away: number,
  width: number,
  size: number,
  { taken, circles, frame }: Surroundings,
): Rectangle | undefined {
  const own = { ...at, radius: away - GAP };
  const large = circles.filter(({ radius }) => radius >= own.radius / 3);
  const others = large.filter(({ x, y }) => Math.hypot(x - at.x, y - at.y) > 0.5);
  const free = positions(at, away, width, size).filter(
    (box) =>
      !isCutOff(box, at, frame) &&
      !taken.some((other) => meet(box, other)) &&
      !large.some((circle) => meet(box, squareOf(circle))),
  );
  const clearance = (box: Rectangle) =>
    Math.min(...others.map((circle) => distanceTo(box, circle))) - distanceTo(box, own);
  return free.find((box) => clearance(box) > GAP) ?? free.toSorted((a, b) => clearance(b) - clearance(a))[0];
}

/** Whether the edge of the frame cuts off a label, or the label of a point inside is outside. */
function isCutOff({ left, right, top, bottom }: Rectangle, at: { x: number; y: number }, frame: Rectangle): boolean {
  const isInside = at.x >= frame.left && at.x <= frame.right && at.y >= frame.top && at.y <= frame.bottom;
  return isInside
    ? left < frame.left || right > frame.right || top < frame.top || bottom > frame.bottom
    : left < frame.right && right > frame.left && top < frame.bottom && bottom > frame.top;
}

/** Returns how far a label is from the edge of a circle. */
function distanceTo({ left, right, top, bottom }: Rectangle, { x, y, radius }: Disk): number {
  return Math.hypot(Math.max(left - x, 0, x - right), Math.max(top - y, 0, y - bottom)) - radius;
}

/** The corners of the square around a circle are free. */
function squareOf({ x, y, radius }: Disk): Rectangle {
  const half = radius * 0.85;
  return { left: x - half, right: x + half, top: y - half, bottom: y + half };
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
  const SPACE = 3;
  return a.left < b.right + SPACE && a.right > b.left - SPACE && a.top < b.bottom && a.bottom > b.top;
}
