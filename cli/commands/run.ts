import { resolve } from "node:path";
import { UsageError } from "../../harness/errors.ts";
import { command, jsonOption, type Surroundings } from "../command.ts";
import { executeRun } from "../execute-run.ts";
import { freshSeed } from "../fresh-seed.ts";
import { planRun } from "../plan-run.ts";
import { printRun } from "../print-run.ts";
import { BIN_TARGET } from "../registries.ts";
import { type RunOptions, runOptions } from "../run-options.ts";

export const run = command({
  name: "run",
  summary: "run a store under load and faults, and judge what its clients saw",
  details: `Without a target it runs the reference store, simulated in this process.

Examples:
  assay run --nemesis partition,kill,pause
  assay run --protocol primary-local-reads --seed 7
  assay run --bin ./node --workload broadcast --nemesis partition
  assay run --bin node --workload echo --nodes 1 -- echo.mjs
  assay run etcd --nodes 3 --nemesis partition,kill,pause --time 20s
  assay run etcd --nemesis partition --option reads=serializable

Exit codes: 0 valid, 1 invalid, 2 unknown, 4 the environment or the target failed, 64 wrong usage.`,
  arguments: [
    { syntax: "[target]", description: "the store under test, see assay list targets" },
    { syntax: "[arguments...]", description: "after --, the arguments of the program of --bin" },
  ],
  options: { ...runOptions, ...jsonOption },
  async run(args, given, surroundings) {
    const { target, options } = withProgram(args, given, surroundings);
    const plan = planRun(target, options, freshSeed());
    const result = await executeRun(plan, options, surroundings);
    printRun(result, options.json, surroundings.console);
    return result.exitCode;
  },
});

/** What follows `--` are the arguments of the nodes' program; a program with a slash in its name is found from where the user is. */
function withProgram<O extends RunOptions>(
  args: readonly (string | undefined)[],
  options: O,
  { argv, cwd }: Pick<Surroundings, "argv" | "cwd">,
): { readonly target: string | undefined; readonly options: O } {
  const positional = args.filter((arg) => arg !== undefined);
  const dashes = argv.indexOf("--");
  const following = dashes < 0 ? [] : argv.slice(dashes + 1);
  const named = positional.slice(0, positional.length - following.length);
  const ofProgram = options.bin !== undefined || named[0] === BIN_TARGET;
  const [target, ...excess] = ofProgram ? named : positional;
  if (excess.length > 0) {
    throw new UsageError({
      code: "excess-arguments",
      message: `assay run takes one target, not also ${excess.join(" ")}`,
      hint: "arguments of a program of yours follow after --: assay run --bin node --workload echo -- echo.mjs",
    });
  }
  const { bin } = options;
  return {
    target,
    options: {
      ...options,
      bin: bin?.includes("/") ? resolve(cwd, bin) : bin,
      option:
        ofProgram && following.length > 0
          ? [...options.option, ["args", JSON.stringify(following)]]
          : options.option,
    },
  };
}
