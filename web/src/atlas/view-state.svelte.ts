import { type View, formatView, parseView } from "./view.ts";

/**
 * The view, and the address that says the same. A step that a reader may want to take back is an entry of the history;
 * looking around on the map is not.
 */
class ViewState {
  current: View = $state(parseView(location.search));

  constructor() {
    addEventListener("popstate", () => {
      this.current = parseView(location.search);
    });
  }

  /** Changes the view as a step of its own. */
  change(changes: Partial<View>): void {
    const before = formatView(this.current);
    Object.assign(this.current, changes);
    const after = formatView(this.current);
    if (after !== before) history.pushState(null, "", location.pathname + after + location.hash);
  }

  /** Changes the view within the present step. */
  adjust(changes: Partial<View>): void {
    Object.assign(this.current, changes);
    history.replaceState(null, "", location.pathname + formatView(this.current) + location.hash);
  }
}

export const viewState = new ViewState();
