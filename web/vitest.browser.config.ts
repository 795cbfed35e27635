import { defineConfig } from "vitest/config";

/** The tests in a browser: against the built program, which serves the built pages. */
export default defineConfig({
  test: {
    include: ["tests/browser/*.test.ts"],
    globalSetup: "tests/browser/server.ts",
    // One browser at a time: several on two cores only wait for each other.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
