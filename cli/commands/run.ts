import { command, jsonOption } from "../command.ts";
import { executeRun } from "../execute-run.ts";
import { freshSeed } from "../fresh-seed.ts";
import { planRun } from "../plan-run.ts";
import { printRun } from "../print-run.ts";
import { runOptions } from "../run-options.ts";

export const run = command({
  name: "run",
  summary: "run a store under load and faults, and judge what its clients saw",
  details: `Without a target it runs the reference store, simulated in this process.

Examples:
  assay run --nemesis partition,kill,pause
  assay run --protocol primary-local-reads --seed 7
  assay run etcd --nodes 3 --nemesis partition,kill,pause --time 20s
  assay run etcd --nemesis partition --option reads=serializable

Exit codes: 0 valid, 1 invalid, 2 unknown, 4 the environment or the target failed, 64 wrong usage.`,
  arguments: [{ syntax: "[target]", description: "the store under test, see assay list targets" }],
  options: { ...runOptions, ...jsonOption },
  async run([target], options, surroundings) {
    const plan = planRun(target, options, freshSeed());
    const result = await executeRun(plan, options, surroundings);
    printRun(result, options.json, surroundings.console);
    return result.exitCode;
  },
});
