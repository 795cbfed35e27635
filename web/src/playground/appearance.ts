import type * as Monaco from "monaco-editor";

const clear = "#00000000";

/**
 * Replaces GraphiQL's themes with the colors of the site. Monaco's defaults for comments, numbers and line numbers have too
 * little contrast on these backgrounds.
 */
export function defineThemes({ editor }: typeof Monaco): void {
  editor.defineTheme("graphiql-LIGHT", {
    inherit: true,
    base: "vs",
    colors: {
      "editor.background": clear,
      "scrollbar.shadow": clear,
      "editorLineNumber.foreground": "#5d6973",
      "editorLineNumber.activeForeground": "#17222c",
      "editorLineNumber.dimmedForeground": "#5d6973",
      "editorHoverWidget.background": "#ffffff",
      "editorSuggestWidget.background": "#ffffff",
      "editorSuggestWidget.selectedBackground": "#d3e4e4",
      "editorSuggestWidget.selectedForeground": "#17222c",
      "editorWidget.background": "#ffffff",
      "menu.background": "#ffffff",
      "quickInput.background": "#ffffff",
      "textLink.foreground": "#1b5478",
      focusBorder: "#0b5cad",
    },
    rules: [
      { token: "comment", foreground: "4a6b3a" },
      { token: "number", foreground: "0a6249" },
      { token: "argument.identifier.gql", foreground: "6a3f9c" },
    ],
  });
  editor.defineTheme("graphiql-DARK", {
    inherit: true,
    base: "vs-dark",
    colors: {
      "editor.background": clear,
      "scrollbar.shadow": clear,
      "editorLineNumber.foreground": "#93a3af",
      "editorLineNumber.activeForeground": "#eef3f4",
      "editorLineNumber.dimmedForeground": "#93a3af",
      "editorHoverWidget.background": "#1a2a36",
      "editorSuggestWidget.background": "#1a2a36",
      "editorSuggestWidget.selectedBackground": "#225467",
      "editorSuggestWidget.selectedForeground": "#eef3f4",
      "editorWidget.background": "#1a2a36",
      "menu.background": "#1a2a36",
      "quickInput.background": "#1a2a36",
      "textLink.foreground": "#8cc7e6",
      focusBorder: "#ffd166",
    },
    rules: [
      { token: "comment", foreground: "9dbd86" },
      { token: "argument.identifier.gql", foreground: "b9b6ff" },
    ],
  });
}

/**
 * Removes the ARIA tab roles from GraphiQL's tab list. Each tab contains two buttons, which screen readers cannot reach
 * inside a `tab` role. Returns a function that stops doing so.
 */
export function removeTabRoles(root: HTMLElement): () => void {
  const strip = () => {
    for (const element of root.querySelectorAll(".graphiql-tabs, .graphiql-tab")) {
      for (const name of ["role", "aria-selected"]) element.removeAttribute(name);
    }
  };
  const observer = new MutationObserver(strip);
  observer.observe(root, { subtree: true, childList: true, attributeFilter: ["role", "aria-selected"] });
  strip();
  return () => observer.disconnect();
}
