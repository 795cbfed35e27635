import { defineConfig } from "vitest/config";

/** Browser tests. They run against the built program, which serves the built pages. */
export default defineConfig({
  test: {
    include: ["tests/browser/*.test.ts"],
    globalSetup: "tests/browser/server.ts",
    // One browser at a time, because several would compete for the CPU and time out.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
