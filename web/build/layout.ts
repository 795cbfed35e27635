import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

const parts = join(import.meta.dirname, "../src/layout");

/** The tags from which other sites make a preview of a link: the title and the description of the page. */
function previewTags(html: string): string {
  const title = /<title>(.*?)<\/title>/s.exec(html)?.[1];
  const description = /name="description"\s+content="(.*?)"/s.exec(html)?.[1];
  // The server writes those of the pages that it renders.
  if (!title || !description) return "";
  return `
    <meta property="og:title" content="${title}" />
    <meta property="og:description" content="${description}" />
    <meta property="og:type" content="website" />
    <meta property="og:site_name" content="Sistergraph" />
    <meta name="twitter:card" content="summary" />`;
}

const OTHER_TABLES = ["places", "published-figures", "sources"];

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
        const header = part("header")
          .replace(`<a href="${page}">`, `<a href="${page}" aria-current="page">`)
          // One link leads to all tables.
          .replace(
            '<a href="partnerships">',
            OTHER_TABLES.includes(page) ? '<a href="partnerships" aria-current="true">' : "$&",
          );
        return html
          .replace("<!-- head -->", () => part("head") + previewTags(html))
          .replace("<!-- header -->", () => header)
          .replace("<!-- footer -->", () => part("footer"));
      },
    },
    configureServer(server) {
      server.watcher.add(parts);
    },
  };
}
