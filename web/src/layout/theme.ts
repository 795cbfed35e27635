/** The reader's choice; `system` follows the operating system. */
export type Theme = "system" | "light" | "dark";

const KEY = "theme";
const label: Record<Theme, string> = { system: "Theme: system", light: "Theme: light", dark: "Theme: dark" };
const symbol: Record<Theme, string> = { system: "◐", light: "☀", dark: "☾" };

// Kept here too, because the browser may block local storage, or it may be full.
let chosen = storedTheme();

function storedTheme(): Theme {
  try {
    const stored = localStorage.getItem(KEY);
    return stored === "light" || stored === "dark" ? stored : "system";
  } catch {
    return "system";
  }
}

const systemTheme = () => (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");

/** Returns whether the page is currently dark. */
export function isDark(): boolean {
  return (chosen === "system" ? systemTheme() : chosen) === "dark";
}

/** Returns the choice after this one. The first click must change what is shown: the opposite of the system comes first. */
function nextTheme(theme: Theme): Theme {
  const shown = systemTheme();
  if (theme === "system") return shown === "dark" ? "light" : "dark";
  return theme === shown ? "system" : shown;
}

/** Calls `listener` whenever the page turns light or dark. Returns a function that removes the listener. */
export function onThemeChange(listener: () => void): () => void {
  const system = matchMedia("(prefers-color-scheme: dark)");
  system.addEventListener("change", listener);
  document.addEventListener("themechange", listener);
  return () => {
    system.removeEventListener("change", listener);
    document.removeEventListener("themechange", listener);
  };
}

/** Applies the chosen theme and makes the header button cycle through the choices. */
export function startTheme(button: HTMLButtonElement): void {
  const show = (theme: Theme) => {
    if (theme === "system") delete document.documentElement.dataset["theme"];
    else document.documentElement.dataset["theme"] = theme;
    button.textContent = symbol[theme];
    button.setAttribute("aria-label", `${label[theme]}. Switch to ${nextTheme(theme)}`);
    button.title = label[theme];
  };
  show(chosen);
  button.hidden = false;
  button.addEventListener("click", () => {
    chosen = nextTheme(chosen);
    try {
      localStorage.setItem(KEY, chosen);
    } catch {
      // Without local storage the choice applies to this page only.
    }
    show(chosen);
    document.dispatchEvent(new Event("themechange"));
  });
}
