import type { Placement } from "./camera.ts";

/**
 * What is drawn on a canvas: more than the frame shows, so that the browser can move the canvas while the reader pans,
 * and it is drawn again only now and then.
 */
export interface Picture {
  placement: Placement;
  /** The size of the frame, and how far the picture extends beyond it on each side, in pixels. */
  width: number;
  height: number;
  margin: { x: number; y: number };
}

/** How far a picture extends beyond the frame on each side, as a share of the frame. */
const OVERSCAN = 0.3;
/** How much larger or smaller than drawn a picture may be shown while the camera moves. */
const MOST_ENLARGED = 1.7;

export function pictureOf(placement: Placement, width: number, height: number, overscan = OVERSCAN): Picture {
  return { placement, width, height, margin: { x: Math.round(width * overscan), y: Math.round(height * overscan) } };
}

/** Returns how to move a picture so that it shows the map at another placement: scale it, then translate it. */
export function shift({ placement, margin }: Picture, shown: Placement): { scale: number; x: number; y: number } {
  const scale = shown.scale / placement.scale;
  return {
    scale,
    x: shown.x - scale * (placement.x + margin.x),
    y: shown.y - scale * (placement.y + margin.y),
  };
}

/** Whether a picture can stand for the map at another placement: it covers the frame and is sharp enough. */
export function covers(picture: Picture, shown: Placement): boolean {
  const { width, height, margin } = picture;
  const { scale, x, y } = shift(picture, shown);
  return (
    scale < MOST_ENLARGED &&
    scale > 1 / MOST_ENLARGED &&
    x <= 0 &&
    y <= 0 &&
    x + scale * (width + 2 * margin.x) >= width &&
    y + scale * (height + 2 * margin.y) >= height
  );
}
