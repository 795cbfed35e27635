import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

const parts = join(import.meta.dirname, "../src/layout");

/**
 * Puts the header, the footer and what every `<head>` has into each page, in place of `<!-- head -->`,
 * `<!-- header -->` and `<!-- footer -->`. Static HTML rather than a component, so that it is there before any script,
 * and the same whatever draws the page. The link to the page itself is marked as the current one.
 */
export function layout(): Plugin {
  return {
    name: "layout",
    transformIndexHtml: {
      order: "pre",
      handler(html, { path }) {
        const page = path.replace(/index\.html$/, "").replace(/(.)\/$/, "$1");
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
      // In production the server answers both /data and /data/; so does this one.
      server.middlewares.use((request, _response, next) => {
        request.url = request.url?.replace(/^\/(playground|figures|data)(\?|$)/, "/$1/$2");
        next();
      });
    },
  };
}
