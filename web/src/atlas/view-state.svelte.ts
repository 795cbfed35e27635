import { type View, formatView, parseView } from "./view.ts";

/**
 * The current view, kept in sync with the address. Steps that a reader may want to undo become history entries; panning
 * and zooming do not.
 */
class ViewState {
  current: View = $state(parseView(location.search));

  constructor() {
    addEventListener("popstate", () => {
      this.current = parseView(location.search);
    });
  }

  /** Changes the view and adds a history entry. */
  push(changes: Partial<View>): void {
    const before = formatView(this.current);
    Object.assign(this.current, changes);
    const after = formatView(this.current);
    if (after !== before) history.pushState(null, "", location.pathname + after + location.hash);
  }

  /** Changes the view and replaces the current history entry. */
  replace(changes: Partial<View>): void {
    Object.assign(this.current, changes);
    history.replaceState(null, "", location.pathname + formatView(this.current) + location.hash);
  }
}

export const viewState = new ViewState();
