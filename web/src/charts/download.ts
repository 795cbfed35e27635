import { readColors } from "../map/colors.ts";
import type { Chart } from "./chart.ts";

const MARGIN = 24;
const FONT_FAMILY = '"Source Sans 3", "Source Sans 3 Variable", system-ui, sans-serif';

/** Builds an SVG file: the drawing in the colors of the light theme, with the title above, the key and source below. */
export function standaloneSvg(drawing: SVGSVGElement, title: string, key: Chart["key"], source: string): string {
  const width = Number(drawing.getAttribute("width"));
  const height = Number(drawing.getAttribute("height"));
  const lines = wrapLines(source, Math.floor(width / 5.6));
  const titleLines = wrapLines(title, Math.floor(width / 11.5));
  const drawingY = MARGIN + 6 + titleLines.length * 24;
  const keyY = drawingY + height + 14;
  const keyRows = layOutKey(key, width);
  const sourceY = keyY + keyRows.length * 20 + 16;
  const canvas = { width: width + 2 * MARGIN, height: sourceY + lines.length * 15 + MARGIN - 12 };
  const resolveColor = readColors("light");
  const inner = drawing.cloneNode(true) as SVGSVGElement;
  inner.setAttribute("x", String(MARGIN));
  inner.setAttribute("y", String(drawingY));
  const text = (y: number, size: number, weight: number, token: string, content: string) =>
    `<text x="${MARGIN}" y="${y}" font-family='${FONT_FAMILY}' font-size="${size}" font-weight="${weight}" fill="var(${token})">${escapeXml(content)}</text>`;
  const markup =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${canvas.width}" height="${canvas.height}" viewBox="0 0 ${canvas.width} ${canvas.height}" ` +
    `font-family='${FONT_FAMILY}' font-size="13" fill="currentColor" color="var(--ink)">` +
    `<rect width="100%" height="100%" fill="var(--surface)"/>` +
    titleLines.map((line, index) => text(MARGIN + 12 + index * 24, 18, 600, "--ink", line)).join("") +
    new XMLSerializer().serializeToString(inner) +
    keyRows
      .map((items, row) => items.map((item) => keyMark(item, MARGIN + item.x, keyY + row * 20)).join(""))
      .join("") +
    lines.map((line, index) => text(sourceY + index * 15, 11, 400, "--ink-soft", line)).join("") +
    "</svg>";
  return markup.replace(/var\((--[\w-]+)\)/g, (_, token: string) => resolveColor(token));
}

/** Saves a file through the browser. */
export function saveFile(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  Object.assign(document.createElement("a"), { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Renders an SVG file as a PNG at twice its size, so that it prints sharply. */
export async function toPng(svg: string): Promise<Blob> {
  const url = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = image.naturalWidth * 2;
    canvas.height = image.naturalHeight * 2;
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) => {
      canvas.toBlob(
        (blob) => (blob ? resolve(blob) : reject(new Error("the browser could not create the image"))),
        "image/png",
      );
    });
  } finally {
    URL.revokeObjectURL(url);
  }
}

type KeyItem = Chart["key"][number];

/** Approximate width of a character in pixels: an SVG outside the page cannot be measured. */
const CHARACTER_WIDTH = 6.4;

/** Breaks the key into lines that fit the width; `x` is the horizontal offset of an item. */
function layOutKey(key: Chart["key"], width: number): (KeyItem & { x: number })[][] {
  const lines: (KeyItem & { x: number })[][] = [];
  let x = Infinity;
  for (const item of key) {
    const itemWidth = markWidth(item) + 10 + item.label.length * CHARACTER_WIDTH + 18;
    if (x + itemWidth > width && x > 0) {
      lines.push([]);
      x = 0;
    }
    lines.at(-1)?.push({ ...item, x });
    x += itemWidth;
  }
  return lines;
}

function markWidth({ mark }: KeyItem): number {
  return mark === "line" ? 24 : 12;
}

function keyMark(item: KeyItem, x: number, y: number): string {
  const { token, label, mark, dash } = item;
  const shape = {
    bar: `<rect x="${x}" y="${y}" width="12" height="12" fill="var(${token})"/>`,
    band: `<rect x="${x + 3}" y="${y}" width="6" height="12" fill="var(${token})" fill-opacity="0.4"/>`,
    line: `<path d="M${x} ${y + 6}h24" stroke="var(${token})" stroke-width="3" stroke-dasharray="${dash ?? "none"}"/>`,
    dot: `<circle cx="${x + 6}" cy="${y + 6}" r="6" fill="var(${token})"/>`,
    ring: `<circle cx="${x + 6}" cy="${y + 6}" r="4.5" fill="none" stroke="var(${token})" stroke-width="3"/>`,
  }[mark];
  return `${shape}<text x="${x + markWidth(item) + 10}" y="${y + 10}" font-family='${FONT_FAMILY}' font-size="12" fill="var(--ink-soft)">${escapeXml(label)}</text>`;
}

function wrapLines(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length + 1 <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
