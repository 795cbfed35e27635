import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";
import { parseExample } from "../src/playground/example.ts";

const folder = join(import.meta.dirname, "../src/playground/tour");

const escape = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

/** Writes the list of the examples and the first query into the page of the playground, so that they render before any script. */
export function examples(): Plugin {
  return {
    name: "examples",
    transformIndexHtml: {
      order: "pre",
      handler(html) {
        const files = readdirSync(folder).filter((name) => name.endsWith(".graphql"));
        const tour = files.sort().map((name) => parseExample(readFileSync(join(folder, name), "utf8"), ""));
        const list = tour.map(({ title, explanation, operationName }) => {
          return `<li><a href="playground?example=${operationName}" data-example="${operationName}"><strong>${escape(title)}</strong> <span>${escape(explanation)}</span></a></li>`;
        });
        return html
          .replace("<!-- examples -->", () => list.join("\n"))
          .replace("<!-- query -->", () => escape(tour[0]?.query ?? ""));
      },
    },
  };
}
