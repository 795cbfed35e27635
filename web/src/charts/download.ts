import { readColours } from "../map/colours.ts";

const MARGIN = 24;
const FACE = '"Source Sans 3", "Source Sans 3 Variable", system-ui, sans-serif';

/** A drawing that stands alone: its title above, its source below, in the colours of the light theme. */
export function standalone(drawing: SVGSVGElement, title: string, source: string): string {
  const width = Number(drawing.getAttribute("width"));
  const height = Number(drawing.getAttribute("height"));
  const lines = wrapped(source, Math.floor(width / 5.6));
  const above = MARGIN + 30;
  const whole = { width: width + 2 * MARGIN, height: above + height + 20 + lines.length * 15 + MARGIN };
  const colour = readColours("light");
  const inner = drawing.cloneNode(true) as SVGSVGElement;
  inner.setAttribute("x", String(MARGIN));
  inner.setAttribute("y", String(above));
  const text = (y: number, size: number, weight: number, token: string, content: string) =>
    `<text x="${MARGIN}" y="${y}" font-family='${FACE}' font-size="${size}" font-weight="${weight}" fill="var(${token})">${escaped(content)}</text>`;
  const markup =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${whole.width}" height="${whole.height}" viewBox="0 0 ${whole.width} ${whole.height}" ` +
    `font-family='${FACE}' font-size="13" fill="currentColor" color="var(--ink)">` +
    `<rect width="100%" height="100%" fill="var(--surface)"/>` +
    text(MARGIN + 12, 18, 600, "--ink", title) +
    new XMLSerializer().serializeToString(inner) +
    lines.map((line, index) => text(above + height + 26 + index * 15, 11, 400, "--ink-soft", line)).join("") +
    "</svg>";
  return markup.replace(/var\((--[\w-]+)\)/g, (_, token: string) => colour(token));
}

/** Hands a file to the reader. */
export function save(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  Object.assign(document.createElement("a"), { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** A standalone drawing as PNG, with twice the pixels, for print. */
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
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the browser made no image"))), "image/png");
    });
  } finally {
    URL.revokeObjectURL(url);
  }
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length + 1 <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
