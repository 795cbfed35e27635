/** A rectangle in pixels of the frame of the map. */
export interface Rectangle {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** Returns the parts of a frame that elements cover. */
export function overlaysOf(frame: HTMLElement, elements: HTMLElement[]): Rectangle[] {
  const { left, top, right, bottom } = frame.getBoundingClientRect();
  return elements
    .map((element) => element.getBoundingClientRect())
    .filter((box) => box.left < right && box.right > left && box.top < bottom && box.bottom > top)
    .map((box) => ({ left: box.left - left, right: box.right - left, top: box.top - top, bottom: box.bottom - top }));
}
