import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describeError, UsageError } from "../../harness/errors.ts";
import { ExitCode } from "../../harness/exit-codes.ts";
import { gitState, type Manifest } from "../../results/manifest.ts";
import { renderReport } from "../../results/report.ts";
import { RunFile } from "../../results/run-folder.ts";
import { type CommandOptions, command, jsonOption, type Surroundings, type ValuesOf } from "../command.ts";
import { executeRun } from "../execute-run.ts";
import { exitCodeOf } from "../exit-code-of.ts";
import { type LoadedRun, loadOf, loadRun } from "../load-run.ts";
import { text } from "../parse.ts";
import { type Elsewhere, planOf } from "../plan-of-manifest.ts";
import { printRun } from "../print-run.ts";
import { type Comparison, compareHistories } from "../replay/compare-history.ts";
import { budgetOf, budgetOptions, runOptions } from "../run-options.ts";
import { simulateRun } from "../simulate-run.ts";
import { assayVersion } from "../version.ts";

const replayOptions = {
  target: {
    flags: "--target <name>",
    description: "apply the run's faults and operations to another target",
    parse: text,
    defaultNote: "the run's",
  },
  protocol: { ...runOptions.protocol, defaultNote: "the run's" },
  bug: { ...runOptions.bug, description: "a known mistake to switch on, or none", defaultNote: "the run's" },
  option: runOptions.option,
  consistency: {
    flags: "--consistency <name>",
    description: "judge this",
    parse: text,
    defaultNote: "the run's",
  },
  out: runOptions.out,
  ...budgetOptions,
  ...jsonOption,
} as const satisfies CommandOptions;

export const replay = command({
  name: "replay",
  summary: "run a recorded run again: the same bytes, or the same faults and operations on something else",
  details: `Of a simulated run nothing is left to chance: its replay has the same history, byte for byte, or assay says at which event
it differs and what else is different. With --target, --protocol, --bug, --option or --consistency the recorded schedule
of faults and the recorded operations are applied to something else, which gives a run of its own. So it is with
a target in real time, whose history cannot be the same twice.

Examples:
  assay replay assay-results/latest
  assay replay assay-results/20261121T042300Z-reference-store-hunt/seed-17
  assay replay assay-results/latest --bug none
  assay replay assay-results/latest --protocol raft

Exit codes: those of the verdict on what came out; 70 where the same program did something else.`,
  arguments: [{ syntax: "<run>", description: "the folder of a run" }],
  options: replayOptions,
  async run([folder = ""], options, surroundings) {
    const loaded = await loadRun(folder);
    const elsewhere = elsewhereOf(options);
    const { target } = planOf(loaded.manifest, loaded.operations, elsewhere);
    if (Object.keys(elsewhere).length === 0 && target.time === "virtual") {
      return replayHere(loaded, options, surroundings);
    }
    if (target.time === "real") {
      surroundings.console.err(
        `${target.name} runs in real time: the same faults and operations, and never the same bytes`,
      );
    }
    const plan = planOf(loaded.manifest, await loadOf(loaded), elsewhere);
    const result = await executeRun(plan, options, surroundings);
    printRun(result, options.json, surroundings.console);
    return result.exitCode;
  },
});

function elsewhereOf({
  target,
  protocol,
  bug,
  option,
  consistency,
}: ValuesOf<typeof replayOptions>): Elsewhere {
  return {
    ...(target === undefined ? {} : { target }),
    ...(protocol === undefined ? {} : { protocol }),
    ...(bug === undefined ? {} : { bug }),
    ...(option.length === 0 ? {} : { option }),
    ...(consistency === undefined ? {} : { consistency }),
  };
}

async function replayHere(
  { folder, manifest, operations }: LoadedRun,
  options: ValuesOf<typeof replayOptions>,
  { console, cwd }: Surroundings,
): Promise<ExitCode> {
  const recorded = await recordedText(folder);
  const { text: replayed, verdict } = await simulateRun(planOf(manifest, operations), {
    text: true,
    budget: budgetOf(options),
    allKeys: options.allKeys,
  });
  const endedEarly = manifest.end === null ? "killed" : manifest.end.interrupted ? "interrupted" : undefined;
  const comparison = compareHistories(recorded, replayed, endedEarly);
  const changes = await changedSince(manifest, cwd);
  const exitCode =
    comparison.is === "different" && changes.length === 0 ? ExitCode.bug : exitCodeOf(verdict.validity);
  if (options.json) {
    console.out(JSON.stringify({ run: folder, exitCode, comparison, changes, verdict }, null, 2));
    return exitCode;
  }
  console.out(renderReport(verdict, { manifest, path: folder }).trimEnd());
  console.out("");
  for (const line of told(comparison, changes)) console.out(line);
  return exitCode;
}

async function recordedText(folder: string): Promise<string> {
  try {
    return await readFile(join(folder, RunFile.history), "utf8");
  } catch (cause) {
    throw new UsageError({
      code: "unreadable-input",
      message: `the history of ${folder} cannot be read: ${describeError(cause)}`,
      hint: "name the folder of a run, as assay run printed it",
      cause,
    });
  }
}

/** What is different about the program since the run, as far as that can be known. */
async function changedSince({ versions, git }: Manifest, cwd: string): Promise<readonly string[]> {
  const changes: string[] = [];
  if (versions["assay"] !== assayVersion()) {
    changes.push(`assay ${versions["assay"]} then, ${assayVersion()} now`);
  }
  if (versions["node"] !== process.version)
    changes.push(`Node ${versions["node"]} then, ${process.version} now`);
  const now = await gitState(cwd);
  if (git?.commit !== now?.commit) {
    changes.push(`commit ${git?.commit ?? "none"} then, ${now?.commit ?? "none"} now`);
  }
  if (git?.dirty === true) changes.push("uncommitted changes then");
  if (now?.dirty === true) changes.push("uncommitted changes now");
  return changes;
}

function told(comparison: Comparison, changes: readonly string[]): string[] {
  switch (comparison.is) {
    case "same":
      return [`REPLAYED: the same ${comparison.events} events, byte for byte`];
    case "beginning":
      return [
        `REPLAYED: the run was ended early; its first ${comparison.events} events are the same, byte for byte, and the replay went on`,
      ];
    case "different":
      return [
        `DIFFERENT from event ${comparison.event} on`,
        `  recorded  ${comparison.recorded ?? "(the history is over)"}`,
        `  replayed  ${comparison.replayed ?? "(the history is over)"}`,
        ...(changes.length === 0
          ? ["  the program is the same: this is a bug in assay, please report it with this folder"]
          : changes.map((change) => `  ${change}`)),
      ];
  }
}
