import { ExitCode } from "../../harness/exit-codes.ts";
import type { Validity } from "../../harness/ports/index.ts";
import { command, jsonOption } from "../command.ts";
import { executeRun } from "../execute-run.ts";
import { integer } from "../parse.ts";
import { planRun } from "../plan-run.ts";
import { printRun } from "../print-run.ts";
import { defaultRunOptions, runOptions } from "../run-options.ts";

/** A run of the demonstration, and what it must come to. */
interface Scene {
  readonly title: string;
  readonly protocol: string;
  readonly expected: Validity;
}

const SCENES: readonly Scene[] = [
  {
    title: "1 of 2: raft, five nodes, under partitions, kills and pauses. It promises linearizable.",
    protocol: "raft",
    expected: "valid",
  },
  {
    title: "2 of 2: primary-local-reads, which answers reads from any replica. Is that linearizable?",
    protocol: "primary-local-reads",
    expected: "invalid",
  },
];

export const demo = command({
  name: "demo",
  summary: "see a store that keeps its promise and one that does not, in seconds and without any set-up",
  details: `Runs the simulated reference store twice under faults: with raft, which must come out valid, and with a
weaker protocol judged by the same measure, which must come out invalid. Exits 0 when both did.`,
  arguments: [],
  options: {
    seed: {
      flags: "--seed <integer>",
      description: "what all chance is derived from",
      parse: integer(0),
      default: "42",
    },
    out: runOptions.out,
    ...jsonOption,
  },
  async run(_args, { seed, out, json }, surroundings) {
    const { console } = surroundings;
    const outcomes: { protocol: string; expected: Validity; validity: Validity; folder: string }[] = [];
    for (const { title, protocol, expected } of SCENES) {
      console.err(console.style("bold", title));
      const options = defaultRunOptions({
        seed,
        out,
        protocol,
        nodes: 5,
        nemesis: "partition,kill,pause",
        allKeys: true,
      });
      const result = await executeRun(planRun(undefined, options, seed), options, surroundings);
      if (result.exitCode === ExitCode.interrupted || result.exitCode === ExitCode.terminated)
        return result.exitCode;
      if (!json) printRun(result, false, console);
      const { validity } = result.verdict;
      outcomes.push({ protocol, expected, validity, folder: result.shownFolder });
      if (!json) console.out("");
    }
    const asExpected = outcomes.every(({ expected, validity }) => expected === validity);
    if (json) console.out(JSON.stringify({ asExpected, runs: outcomes }, null, 2));
    else {
      for (const { protocol, expected, validity } of outcomes) {
        const verb = expected === validity ? "came out" : "was to come out";
        console.out(
          `${protocol} ${verb} ${expected}${expected === validity ? ", as it must" : `, not ${validity}`}`,
        );
      }
      console.out("Next: assay run --help, or docs/tutorial in the repository.");
    }
    return asExpected ? ExitCode.valid : ExitCode.unknown;
  },
});
