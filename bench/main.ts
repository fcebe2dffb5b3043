import { parseArgs } from "node:util";
import { OWN_SUBJECT, renderTable } from "./benchmark.ts";
import { benchmarks } from "./benchmarks.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    small: { type: "boolean", default: false },
    model: { type: "string", default: OWN_SUBJECT.model },
  },
});
const names = benchmarks.map(({ name }) => name);
const [first = "", ...files] = positionals;
// The names of benchmarks; or one of them, and files for it.
const chosen = positionals.every((name) => names.includes(name)) ? positionals : [first];
if (chosen.some((name) => !names.includes(name))) {
  console.error(`no benchmark ${first}; there are: ${names.join(", ")}`);
  process.exit(64);
}
const subject = chosen === positionals ? OWN_SUBJECT : { files, model: values.model };
for (const { name, description, run } of benchmarks) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  console.log(`${name}: ${description}`);
  console.log(renderTable(await run(values.small ? "small" : "full", subject)));
  console.log();
}
