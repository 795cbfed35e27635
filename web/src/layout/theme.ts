/** What the reader chose: a theme of their own, or the one of their system. */
export type Theme = "system" | "light" | "dark";

const KEY = "theme";
const next: Record<Theme, Theme> = { system: "light", light: "dark", dark: "system" };
const label: Record<Theme, string> = { system: "Theme: as the system", light: "Theme: light", dark: "Theme: dark" };
const symbol: Record<Theme, string> = { system: "◐", light: "☀", dark: "☾" };

/** The chosen theme; that of the system where nothing was chosen, or where the browser keeps nothing. */
export function chosenTheme(): Theme {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === "light" || kept === "dark" ? kept : "system";
  } catch {
    return "system";
  }
}

/** Whether what is shown is dark. */
export function isDark(): boolean {
  const theme = chosenTheme();
  return theme === "system" ? matchMedia("(prefers-color-scheme: dark)").matches : theme === "dark";
}

/** Calls `changed` whenever what is shown turns light or dark; returns what ends that. */
export function onThemeChange(changed: () => void): () => void {
  const system = matchMedia("(prefers-color-scheme: dark)");
  system.addEventListener("change", changed);
  document.addEventListener("themechange", changed);
  return () => {
    system.removeEventListener("change", changed);
    document.removeEventListener("themechange", changed);
  };
}

/** Applies what was chosen, and makes the button of the header step through the choices. */
export function startTheme(button: HTMLButtonElement): void {
  const show = (theme: Theme) => {
    if (theme === "system") delete document.documentElement.dataset["theme"];
    else document.documentElement.dataset["theme"] = theme;
    button.textContent = symbol[theme];
    button.setAttribute("aria-label", `${label[theme]}. Change it`);
    button.title = label[theme];
  };
  show(chosenTheme());
  button.hidden = false;
  button.addEventListener("click", () => {
    const theme = next[chosenTheme()];
    try {
      localStorage.setItem(KEY, theme);
    } catch {
      // A browser that keeps nothing still changes this page.
    }
    show(theme);
    document.dispatchEvent(new Event("themechange"));
  });
}
