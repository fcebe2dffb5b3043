import { availableParallelism } from "node:os";
import { join, relative, resolve } from "node:path";
import { monotonicMs, NS_PER_MS, wallClockNow } from "../../harness/clock/index.ts";
import { BugError, UsageError } from "../../harness/errors.ts";
import { huntProgress } from "../../results/hunt-progress.ts";
import { makeHuntFolder } from "../../results/run-folder.ts";
import { command, jsonOption, type Surroundings } from "../command.ts";
import { drawRun } from "../hunt/draw-run.ts";
import { hunt as runHunt } from "../hunt/hunt.ts";
import { loadHunt, saveHunt } from "../hunt/hunt-file.ts";
import { fixedOptions, type HuntOptions, huntOptions } from "../hunt/hunt-options.ts";
import { folderOfSeed, type HuntState, newHunt } from "../hunt/hunt-state.ts";
import { seedsHere, seedsOnThread } from "../hunt/hunt-thread.ts";
import { exitCodeOfHunt, renderHunt } from "../hunt/print-hunt.ts";
import { keepRun } from "../keep-run.ts";
import { DEFAULT_TARGET } from "../registries.ts";
import { onSignals } from "../signals.ts";
import { assayVersion } from "../version.ts";

const DEFAULT_SEEDS = 1_000;
/** What a kill can cost: seeds of so much time are run again. */
const SAVE_EVERY_MS = 1_000;

export const hunt = command({
  name: "hunt",
  summary: "run many seeds of a simulated store, each different, and look for a violation",
  details: `Each seed is a run of its own: the size of the cluster, latencies, losses, faults, clients and load vary with it, unless an
option fixes them. What a seed means depends on these options alone, so that a hunt finds the same on any machine.
Judged is what the target promises.

Examples:
  assay hunt --time 60s
  assay hunt --protocol primary-local-reads --consistency linearizable
  assay hunt --protocol raft --seeds 10000 --nemesis partition,kill --nodes 5 --keep-going
  assay hunt --resume assay-results/20261121T042300Z-reference-store-hunt

Each violation is kept as a run folder: assay shrink makes it small, assay replay runs it again.

Exit codes: 0 no violation, 1 a violation, 2 nothing can be said of any seed, 64 wrong usage, 70 a bug in assay.`,
  arguments: [{ syntax: "[target]", description: "a simulated store, see assay list targets" }],
  options: { ...huntOptions, ...jsonOption },
  async run([target], options, surroundings) {
    const { folder, state: begun } = await beginHunt(target, options, surroundings);
    const shownFolder = relative(surroundings.cwd, folder) || folder;
    const { console } = surroundings;
    const progress = huntProgress(
      { live: console.live, write: (text) => process.stderr.write(text), style: (_, text) => text },
      monotonicMs,
    );
    let stopped = false;
    const signals = onSignals((signal) => {
      stopped = true;
      progress.line(`${signal}: ending with the seeds that were begun; once more stops at once`);
    });
    // Whoever reads this may send a signal from here on.
    progress.line(
      `hunt folder ${shownFolder}, seeds ${begun.firstSeed} … ${begun.firstSeed + begun.seeds - 1}`,
    );
    const threads = Math.min(options.workers ?? availableParallelism(), begun.seeds - begun.done);
    const runners =
      threads <= 1 ? [seedsHere(begun)] : Array.from({ length: threads }, () => seedsOnThread(begun));
    let saved = { state: begun, atMs: monotonicMs() };
    const save = async (state: HuntState): Promise<void> => {
      await saveHunt(folder, state);
      saved = { state, atMs: monotonicMs() };
    };
    let last = begun;
    progress.begin(countOf(begun));
    try {
      await runHunt(begun, {
        runners,
        nowMs: monotonicMs,
        timeMs: options.time === undefined ? Number.POSITIVE_INFINITY : options.time / NS_PER_MS,
        stopped: () => stopped,
        async onSeed(state, { seed, validity }) {
          last = state;
          progress.seed(countOf(state));
          if (validity === "invalid") {
            await keepViolation(state, seed, { folder, shownFolder, surroundings });
            const found = state.violations.at(-1);
            progress.line(
              `seed ${seed}: not ${found?.consistency} (${found?.anomalies.join(", ")})  ${join(shownFolder, folderOfSeed(seed))}`,
            );
          }
          if (validity === "invalid" || monotonicMs() - saved.atMs >= SAVE_EVERY_MS) await save(state);
        },
      });
    } finally {
      signals.release();
      await Promise.all(runners.map((runner) => runner.close()));
      if (last !== saved.state) await save(last);
    }
    progress.end(countOf(last));
    const exitCode = signals.exitCode ?? exitCodeOfHunt(last);
    if (options.json) console.out(JSON.stringify({ folder: shownFolder, exitCode, hunt: last }, null, 2));
    else console.out(renderHunt(last, shownFolder).trimEnd());
    return exitCode;
  },
});

/** The folder and the state of the hunt that is asked for: a new one, or one to go on with. */
async function beginHunt(
  target: string | undefined,
  options: HuntOptions,
  { cwd }: Surroundings,
): Promise<{ folder: string; state: HuntState }> {
  const fixed = fixedOptions(options);
  if (options.resume !== undefined) {
    if (target !== undefined || options.seed !== undefined || Object.keys(fixed).length > 0) {
      throw new UsageError({
        code: "contradicting-options",
        message:
          "--resume goes on with a hunt as it was begun, and takes no other target, first seed or run options",
        hint: "give --resume with --seeds, --time, --workers and --keep-going alone, or begin another hunt",
      });
    }
    const folder = resolve(cwd, options.resume);
    const state = await loadHunt(folder);
    const seeds = options.seeds ?? state.seeds;
    return { folder, state: { ...state, seeds, keepGoing: state.keepGoing || options.keepGoing } };
  }
  const state = newHunt({
    target: target ?? DEFAULT_TARGET,
    fixed,
    firstSeed: options.seed ?? 1,
    seeds: options.seeds ?? DEFAULT_SEEDS,
    keepGoing: options.keepGoing,
    version: assayVersion(),
  });
  // What no seed can be planned with is told before there is a folder.
  drawRun(state, state.firstSeed);
  const folder = await makeHuntFolder(resolve(cwd, options.out), {
    startedAt: wallClockNow(),
    target: state.target,
  });
  await saveHunt(folder, state);
  return { folder, state };
}

/** Errors: BugError `not-deterministic` where the seed does not violate anything here. */
async function keepViolation(
  state: HuntState,
  seed: number,
  {
    folder,
    shownFolder,
    surroundings,
  }: { readonly folder: string; readonly shownFolder: string; readonly surroundings: Surroundings },
): Promise<void> {
  const name = folderOfSeed(seed);
  const { run } = await keepRun(drawRun(state, seed), join(folder, name), {
    shownFolder: join(shownFolder, name),
    startedAt: wallClockNow(),
    surroundings,
  });
  if (run.verdict.validity === "invalid") return;
  throw new BugError({
    code: "not-deterministic",
    message: `seed ${seed} was invalid on its thread, and is ${run.verdict.validity} when it is run again`,
  });
}

function countOf({ done, seeds, counts, states, combinations }: HuntState) {
  const { invalid, unknown } = counts;
  return { done, seeds, invalid, unknown, states: states.length, combinations: combinations.length };
}
