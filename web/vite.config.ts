import { resolve } from "node:path";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { coarseStates } from "./build/coarse-states.ts";
import { compressed } from "./build/compressed.ts";
import { dynamicText } from "./build/dynamic-text.ts";
import { examples } from "./build/examples.ts";
import { layout } from "./build/layout.ts";

/** The API server used during development; `make run` listens on this address. */
const server = process.env["SISTERGRAPH_ORIGIN"] ?? "http://127.0.0.1:8000";

export default defineConfig({
  appType: "mpa",
  // Relative addresses, so that a proxy can serve the pages below a path. Every page is therefore at the top level.
  base: "./",
  plugins: [
    layout(),
    examples(),
    dynamicText(),
    coarseStates(),
    // `npm run check` reports the warnings about the components as they are written.
    svelte({ onwarn: () => {} }),
    react(),
    compressed(),
  ],
  server: { proxy: { "/graphql": server, "/schema.graphql": server, "/export": server } },
  build: {
    target: "es2023",
    // The Content-Security-Policy does not allow inlined fonts and styles. The target browsers need no polyfill.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: {
        atlas: resolve(import.meta.dirname, "index.html"),
        playground: resolve(import.meta.dirname, "playground.html"),
        figures: resolve(import.meta.dirname, "figures.html"),
        awareness: resolve(import.meta.dirname, "awareness.html"),
        compare: resolve(import.meta.dirname, "compare.html"),
        planner: resolve(import.meta.dirname, "planner.html"),
        partnerships: resolve(import.meta.dirname, "partnerships.html"),
        places: resolve(import.meta.dirname, "places.html"),
        publishedFigures: resolve(import.meta.dirname, "published-figures.html"),
        sources: resolve(import.meta.dirname, "sources.html"),
        data: resolve(import.meta.dirname, "data.html"),
        // The frame of the pages that the server renders.
        page: resolve(import.meta.dirname, "page.html"),
      },
    },
  },
  test: { include: ["src/**/*.test.ts"] },
});
