import js from "@eslint/js";
import prettier from "eslint-config-prettier/flat";
import svelte from "eslint-plugin-svelte";
import { defineConfig, globalIgnores } from "eslint/config";
import globals from "globals";
import ts from "typescript-eslint";
import svelteConfig from "./svelte.config.js";

export default defineConfig(
  globalIgnores(["dist/", "screenshots/", "src/graphql/generated.ts"]),
  js.configs.recommended,
  ts.configs.recommended,
  svelte.configs.recommended,
  prettier,
  svelte.configs.prettier,
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  { files: ["src/**"], languageOptions: { globals: globals.browser } },
  { files: ["build/**", "tests/**", "*.config.{js,ts}"], languageOptions: { globals: globals.node } },
  // These run partly in Chromium.
  { files: ["build/screenshots.mjs", "tests/measure/*.mjs"], languageOptions: { globals: globals.browser } },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: [".svelte"], svelteConfig } },
  },
  {
    // The TypeScript compiler checks names, and it knows the types of Svelte and of the DOM.
    files: ["**/*.{ts,tsx,svelte}"],
    rules: { "no-undef": "off" },
  },
);
