import { parseArgs } from "node:util";
import { renderTable } from "./benchmark.ts";
import { benchmarks } from "./benchmarks.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { small: { type: "boolean", default: false } },
});
const unknown = positionals.filter((name) => !benchmarks.some((benchmark) => benchmark.name === name));
if (unknown.length > 0) {
  console.error(
    `no benchmark ${unknown.join(", ")}; there are: ${benchmarks.map(({ name }) => name).join(", ")}`,
  );
  process.exit(64);
}
for (const { name, description, run } of benchmarks) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  console.log(`${name}: ${description}`);
  console.log(renderTable(await run(values.small ? "small" : "full")));
  console.log();
}
