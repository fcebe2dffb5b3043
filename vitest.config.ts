import { defineConfig, type ViteUserConfig } from "vitest/config";

const config: ViteUserConfig = defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          setupFiles: ["./vitest.setup.ts"],
          include: [
            "{harness,checkers,workloads,nemesis,targets,results,bench}/**/*.test.ts",
            "cli/**/*.test.ts",
          ],
          exclude: ["**/*.docker.test.ts", "**/*.cli.test.ts"],
          // A hang is told from a slow machine: no test measures time.
          testTimeout: 120_000,
        },
      },
      {
        test: {
          name: "cli",
          include: ["{cli,bench}/**/*.cli.test.ts"],
          testTimeout: 120_000,
        },
      },
      {
        test: {
          name: "docker",
          include: ["{targets,cli}/**/*.docker.test.ts"],
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 900_000,
        },
      },
    ],
  },
});
export default config;
