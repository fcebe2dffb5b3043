// Runs dependency-cruiser and fails when it saw suspiciously few modules: without its parser it checks nothing and passes.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";

const FOLDERS = ["harness", "checkers", "workloads", "nemesis", "targets", "results", "cli", "bench"];

const sources = FOLDERS.flatMap((folder) =>
  readdirSync(folder, { recursive: true })
    .map(String)
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".docker.test.ts")),
).length;

const cruise = spawnSync(
  "npx",
  ["depcruise", ...FOLDERS, "--config", ".dependency-cruiser.mjs", "--output-type", "json"],
  { encoding: "utf8", maxBuffer: 2 ** 28 },
);
if (!cruise.stdout.startsWith("{")) {
  console.error(cruise.stderr || cruise.stdout);
  process.exit(1);
}
const { modules, summary } = JSON.parse(cruise.stdout);
const seen = modules.filter(({ source }) => source.endsWith(".ts")).length;
const dependencies = modules.reduce((total, module) => total + module.dependencies.length, 0);
for (const { from, to, rule } of summary.violations) console.error(`${rule.name}: ${from} → ${to}`);
if (seen < sources || dependencies < sources) {
  console.error(`dependency-cruiser saw ${seen} of ${sources} modules and ${dependencies} dependencies`);
  process.exit(1);
}
console.log(`${seen} modules, ${dependencies} dependencies, ${summary.violations.length} violations`);
process.exit(summary.violations.length === 0 ? 0 : 1);
