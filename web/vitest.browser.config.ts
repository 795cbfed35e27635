import { defineConfig } from "vitest/config";

/** Browser tests. They run against the built program, which serves the built pages. */
export default defineConfig({
  test: {
    include: ["tests/browser/*.test.ts"],
    globalSetup: "tests/browser/server.ts",
    // Two files, and so two browsers, at a time; more would compete for the CPU and time out.
    maxWorkers: 2,
    // In one of thousands of pages, a response behind a proxy was cut short for a reason that was not found. A fault of ours fails twice.
    retry: 1,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
