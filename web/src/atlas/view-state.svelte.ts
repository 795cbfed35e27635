import type { Places } from "../filters/partnerships.ts";
import { type View, addressProblems, formatView, parseView } from "./view.ts";

/**
 * The current view, kept in sync with the address. Steps that a reader may want to undo become history entries; panning
 * and zooming do not.
 */
class ViewState {
  current: View = $state(parseView(location.search));
  /** What the address says that the atlas does not understand. */
  problems: string[] = $state.raw([]);
  #places: Places | undefined;

  constructor() {
    addEventListener("popstate", () => this.#read());
  }

  /** Reads the address again with the names of states and countries, which it may use instead of codes. */
  usePlaces(places: Places): void {
    this.#places = places;
    // The reader may have changed the view while the places loaded; its address is written without names.
    if (formatView(this.current) === formatView(parseView(location.search))) this.#read();
  }

  #read(): void {
    this.current = parseView(location.search, this.#places);
    this.problems = this.#places ? addressProblems(location.search, this.#places) : [];
  }

  /** Changes the view and adds a history entry. */
  push(changes: Partial<View>): void {
    const before = formatView(this.current);
    Object.assign(this.current, changes);
    const after = formatView(this.current);
    if (after === before) return;
    this.problems = [];
    history.pushState(null, "", location.pathname + after + location.hash);
  }

  /** Changes the view and replaces the current history entry. */
  replace(changes: Partial<View>): void {
    Object.assign(this.current, changes);
    history.replaceState(null, "", location.pathname + formatView(this.current) + location.hash);
  }
}

export const viewState = new ViewState();
