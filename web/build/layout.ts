import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

const parts = join(import.meta.dirname, "../src/layout");

/**
 * Replaces `<!-- head -->`, `<!-- header -->` and `<!-- footer -->` in each page with the shared HTML, and marks the
 * link to the page itself as the current one. Static HTML instead of a component, so that it renders before any script
 * and works with both Svelte and React.
 */
export function layout(): Plugin {
  return {
    name: "layout",
    transformIndexHtml: {
      order: "pre",
      handler(html, { path }) {
        const page = path
          .replace(/^\//, "")
          .replace(/\.html$/, "")
          .replace(/^index$/, "./");
        const part = (name: string) => readFileSync(join(parts, `${name}.html`), "utf8").trim();
        const header = part("header").replace(`<a href="${page}">`, `<a href="${page}" aria-current="page">`);
        return html
          .replace("<!-- head -->", () => part("head"))
          .replace("<!-- header -->", () => header)
          .replace("<!-- footer -->", () => part("footer"));
      },
    },
    configureServer(server) {
      server.watcher.add(parts);
    },
  };
}
