import type { GeoProjection } from "d3-geo";
import { select } from "d3-selection";
import { type ZoomTransform, zoom, zoomIdentity } from "d3-zoom";
import type { Camera } from "../atlas/view.ts";
import { MAX_ZOOM, fitMap, isSameCamera, isWhole, placement, toCamera, toTransform } from "./camera.ts";

/** How long the camera takes to move, in milliseconds. */
const MOVE_MS = 400;
/** How far an arrow key pans, in pixels. */
const KEY_STEP = 80;

/** The camera of a map: it follows gestures, keys, and buttons, and moves where it is sent. */
export class Navigation {
  width = $state(0);
  height = $state(0);
  transform = $state.raw<ZoomTransform>(zoomIdentity);
  readonly fit = $derived(fitMap(this.width, this.height));
  readonly placement = $derived(placement(this.fit, this.transform));
  readonly isWhole = $derived(isWhole(this.transform));

  #frame: HTMLElement | undefined;
  #animation = 0;
  readonly #reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");
  readonly #behavior = zoom<HTMLElement, unknown>()
    .scaleExtent([1, MAX_ZOOM])
    // While the whole map is visible, one finger scrolls the page and two fingers zoom.
    .filter((event: Event) => {
      if (event instanceof WheelEvent) return true;
      if ("touches" in event && (event as TouchEvent).touches.length === 1 && this.transform.k === 1) return false;
      return !(event as MouseEvent).ctrlKey && !(event as MouseEvent).button;
    })
    .on("start", ({ sourceEvent }: { sourceEvent: Event | null }) => {
      if (sourceEvent) cancelAnimationFrame(this.#animation);
    })
    .on("zoom", ({ transform, sourceEvent }: { transform: ZoomTransform; sourceEvent: Event | null }) => {
      this.transform = transform;
      if (sourceEvent) this.ongesture();
    })
    .on("end", ({ sourceEvent }: { sourceEvent: Event | null }) => {
      if (sourceEvent) this.#report();
    });

  constructor(
    readonly projection: GeoProjection,
    /** Receives the camera after the reader moved it; null if the whole map is visible. */
    readonly oncamera: (camera: Camera | null) => void,
    readonly ongesture: () => void,
  ) {}

  /** Listens to the gestures on an element. */
  attach(frame: HTMLElement): void {
    this.#frame = frame;
    select(frame).call(this.#behavior).on("dblclick.zoom", null);
  }

  /** Sets the size of the frame. The map keeps its camera. */
  resize(width: number, height: number): void {
    const camera = this.width > 0 ? this.#camera() : null;
    this.width = width;
    this.height = height;
    const extent: [[number, number], [number, number]] = [
      [0, 0],
      [width, height],
    ];
    this.#behavior.extent(extent).translateExtent(extent);
    this.#apply(toTransform(this.projection, this.fit, camera, width, height));
  }

  /** Moves to a camera; null is the whole map. */
  show(camera: Camera | null, animate: boolean): void {
    if (isSameCamera(camera, this.#camera())) return;
    this.#moveTo(toTransform(this.projection, this.fit, camera, this.width, this.height), animate);
  }

  showAll(): void {
    this.#moveTo(zoomIdentity, true, () => this.#report());
  }

  zoomBy(factor: number): void {
    const k = Math.min(MAX_ZOOM, Math.max(1, this.transform.k * factor));
    if (k === 1) return this.showAll();
    const [x, y] = this.transform.invert([this.width / 2, this.height / 2]);
    const target = zoomIdentity
      .translate(this.width / 2, this.height / 2)
      .scale(k)
      .translate(-x, -y);
    this.#moveTo(target, true, () => this.#report());
  }

  /** Handles a key that moves the camera; returns false for any other key. */
  handleKey(key: string): boolean {
    const actions: Record<string, () => void> = {
      ArrowLeft: () => this.#panBy(KEY_STEP, 0),
      ArrowRight: () => this.#panBy(-KEY_STEP, 0),
      ArrowUp: () => this.#panBy(0, KEY_STEP),
      ArrowDown: () => this.#panBy(0, -KEY_STEP),
      "+": () => this.zoomBy(1.6),
      "=": () => this.zoomBy(1.6),
      "-": () => this.zoomBy(1 / 1.6),
      "0": () => this.showAll(),
    };
    actions[key]?.();
    return key in actions;
  }

  #panBy(dx: number, dy: number): void {
    if (this.#frame) select(this.#frame).call(this.#behavior.translateBy, dx / this.transform.k, dy / this.transform.k);
    this.#report();
  }

  #camera(): Camera | null {
    return toCamera(this.projection, this.fit, this.transform, this.width, this.height);
  }

  #report(): void {
    this.oncamera(this.#camera());
  }

  #apply(transform: ZoomTransform): void {
    if (this.#frame) select(this.#frame).call(this.#behavior.transform, transform);
  }

  /** Animates to a transform, or jumps to it if reduced motion is preferred. */
  #moveTo(target: ZoomTransform, animate: boolean, after = () => {}): void {
    cancelAnimationFrame(this.#animation);
    const from = this.transform;
    const start = performance.now();
    const length = animate && !this.#reducedMotion.matches ? MOVE_MS : 0;
    const step = (now: number) => {
      const t = length === 0 ? 1 : Math.min(1, (now - start) / length);
      const eased = 1 - (1 - t) ** 3;
      const k = from.k * (target.k / from.k) ** eased;
      const share = target.k === from.k ? eased : (k - from.k) / (target.k - from.k);
      const [x, y] = [from.x + (target.x - from.x) * share, from.y + (target.y - from.y) * share];
      this.#apply(zoomIdentity.translate(x, y).scale(k));
      if (t < 1) this.#animation = requestAnimationFrame(step);
      else after();
    };
    step(start);
  }
}
