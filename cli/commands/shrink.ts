import { relative, resolve } from "node:path";
import { monotonicMs, NS_PER_MS, wallClockNow } from "../../harness/clock/index.ts";
import { BugError, UsageError } from "../../harness/errors.ts";
import { ExitCode } from "../../harness/exit-codes.ts";
import { makeRunFolder, RunFile } from "../../results/run-folder.ts";
import { shrinkProgress } from "../../results/shrink-progress.ts";
import { type CommandOptions, command, jsonOption } from "../command.ts";
import { kindsOfAnomaly } from "../hunt/seed-outcome.ts";
import { keepRun } from "../keep-run.ts";
import { loadRun } from "../load-run.ts";
import { duration, integer } from "../parse.ts";
import { planOf } from "../plan-of-manifest.ts";
import type { RunPlan } from "../plan-run.ts";
import { runOptions } from "../run-options.ts";
import { Attempts } from "../shrink/attempts.ts";
import { shrink as shrinkRun } from "../shrink/shrink.ts";
import { describeSize, sizeOf } from "../shrink/size.ts";
import { storyFiles } from "../shrink/story.ts";
import { onSignals } from "../signals.ts";
import { type SimulatedRun, simulateRun } from "../simulate-run.ts";

const shrinkOptions = {
  budget: {
    flags: "--budget <runs>",
    description: "how many smaller runs are tried at most; with the same budget the result is the same",
    parse: integer(1),
    default: "5000",
  },
  time: {
    flags: "--time <duration>",
    description: "for how long smaller runs are tried",
    parse: duration,
    default: "60s",
  },
  out: runOptions.out,
  ...jsonOption,
} as const satisfies CommandOptions;

export const shrink = command({
  name: "shrink",
  summary: "make a run small that violates what was judged, and tell its story",
  details: `Looks for a run with fewer operations, clients, keys, nodes and faults, and in a shorter time, that shows the same kind of
anomaly: by leaving parts of the recorded run out, and by drawing small runs anew. Prints what is left as a diagram of
messages, and keeps it as a run of its own: assay replay and assay check take its folder.

Examples:
  assay shrink assay-results/latest
  assay shrink assay-results/20261121T042300Z-reference-store-hunt/seed-17 --time 5m --budget 50000

Exit codes: 0 when it is done, 64 for a run that violates nothing or is not simulated, 130 and 143 on signals, with the smallest
run that was found by then.`,
  arguments: [{ syntax: "<run>", description: "the folder of a simulated run that is invalid" }],
  options: shrinkOptions,
  async run([folder = ""], { budget, time, out, json }, surroundings) {
    const { console, cwd } = surroundings;
    const { manifest, operations } = await loadRun(folder);
    const plan = planOf(manifest, operations);
    assertSimulated(plan);
    const run = await simulateRun(plan);
    const anomaly = anomalyOf(run, folder);
    const progress = shrinkProgress(
      { live: console.live, write: (text) => process.stderr.write(text), style: (_, text) => text },
      monotonicMs,
      budget,
    );
    let stopped = false;
    const signals = onSignals((signal) => {
      stopped = true;
      progress.line(`${signal}: keeping the smallest run so far; once more stops at once`);
    });
    try {
      const startMs = monotonicMs();
      const attempts = new Attempts({
        anomaly,
        budget,
        over: () => stopped || monotonicMs() - startMs >= time / NS_PER_MS,
        onRun: (runs) => progress.run(runs),
      });
      const shown = await shrinkRun(plan, run, attempts, (size) => progress.smaller(describeSize(size)));
      progress.end();
      if (shown === undefined) throw notShrunk(attempts.runs, anomaly);
      const smallest = shown.plan;
      const startedAt = wallClockNow();
      const kept = await makeRunFolder(resolve(cwd, out), {
        startedAt,
        target: smallest.target.name,
        workload: `${smallest.workload.name}-shrunk`,
      });
      const shownFolder = relative(cwd, kept) || kept;
      let files: Readonly<Record<string, string>> = {};
      await keepRun(smallest, kept, {
        shownFolder,
        startedAt,
        surroundings,
        trace: true,
        more: (last) => {
          if (!kindsOfAnomaly(last.verdict).includes(anomaly)) throw notDeterministic(smallest.seed);
          files = storyFiles(smallest, last, anomaly);
          return files;
        },
      });
      const exitCode = signals.exitCode ?? ExitCode.valid;
      const size = sizeOf(smallest);
      if (json) {
        const story = files[RunFile.story];
        console.out(
          JSON.stringify(
            { folder: shownFolder, exitCode, anomaly, size, runs: attempts.runs, story },
            null,
            2,
          ),
        );
      } else {
        console.out(files[RunFile.story] ?? "");
        console.out(`assay replay ${shownFolder}   runs it again`);
        console.out(`\nRun folder: ${shownFolder}`);
      }
      return exitCode;
    } finally {
      signals.release();
    }
  },
});

function assertSimulated({ target }: RunPlan): void {
  if (target.time === "virtual") return;
  throw new UsageError({
    code: "not-simulated",
    message: `${target.name} runs in real time (${target.environment}), where no smaller run can be tried thousands of times`,
    hint: "its witness, which assay check prints, is minimal already; assay replay applies its faults and operations to another target",
  });
}

/** The kind of anomaly that is to stay. */
function anomalyOf({ verdict }: SimulatedRun, folder: string): string {
  const [anomaly] = kindsOfAnomaly(verdict);
  if (anomaly !== undefined) return anomaly;
  throw new UsageError({
    code: "nothing-to-shrink",
    message: `the run in ${folder} comes out ${verdict.validity} here: there is no anomaly to keep`,
    hint: `assay replay ${folder} tells whether it is still the run that was recorded`,
  });
}

function notShrunk(runs: number, anomaly: string): UsageError {
  return new UsageError({
    code: "not-shrunk",
    message: `of ${runs} runs that were tried none showed ${anomaly}`,
    hint: "raise --budget and --time, or shrink another seed of the hunt",
  });
}

function notDeterministic(seed: number): BugError {
  return new BugError({
    code: "not-deterministic",
    message: `the smallest run, seed ${seed}, shows another thing when it is run again`,
  });
}
