import { join, relative, resolve } from "node:path";
import { wallClockNow } from "../harness/clock/index.ts";
import { describeError, type EnvironmentError } from "../harness/errors.ts";
import type { ExitCode } from "../harness/exit-codes.ts";
import { createRecorder } from "../harness/history/files.ts";
import type { History } from "../harness/history/index.ts";
import type { Reporter } from "../harness/ports/index.ts";
import { type RunOutcome, run } from "../harness/run/run.ts";
import { StopRequest } from "../harness/run/stop-request.ts";
import { unfailing } from "../harness/run/unfailing-reporter.ts";
import { injector } from "../nemesis/index.ts";
import type { Manifest } from "../results/manifest.ts";
import { progressReporter } from "../results/progress.ts";
import { renderReport } from "../results/report.ts";
import { makeRunFolder, RunFile, writeRunFile } from "../results/run-folder.ts";
import { scriptText } from "../results/script-file.ts";
import type { Verdict } from "../results/verdict.ts";
import type { Surroundings } from "./command.ts";
import { describeRun } from "./describe-run.ts";
import { asReason } from "./environment-problem.ts";
import { exitCodeOf } from "./exit-code-of.ts";
import { expectationsOf } from "./expectations.ts";
import { judge } from "./judge.ts";
import type { RunPlan } from "./plan-run.ts";
import { budgetOf, type RunOptions, workersOf } from "./run-options.ts";
import { InterruptedError, onSignals } from "./signals.ts";

export interface RunResult {
  readonly manifest: Manifest;
  readonly folder: string;
  /** The folder as the user would name it from where he stands. */
  readonly shownFolder: string;
  readonly verdict: Verdict;
  /** What broke in the environment, beside the verdict. */
  readonly environmentError: EnvironmentError | undefined;
  readonly report: string;
  readonly exitCode: ExitCode;
}

/**
 * Carries out a planned run, from the run folder to the verdict in it. The manifest is written before anything
 * starts, and the history as it grows, so that a killed run can still be checked.
 */
export async function executeRun(
  plan: RunPlan,
  options: Pick<
    RunOptions,
    "out" | "budgetTime" | "budgetMemory" | "budgetConfigurations" | "allKeys" | "workers"
  >,
  surroundings: Surroundings,
): Promise<RunResult> {
  const startedAt = wallClockNow();
  const folder = await makeRunFolder(resolve(surroundings.cwd, options.out), {
    startedAt,
    target: plan.target.name,
    workload: plan.workload.name,
  });
  const shownFolder = relative(surroundings.cwd, folder) || folder;
  const manifest = await describeRun(plan, startedAt, surroundings);
  const saveManifest = (changed: Manifest) =>
    writeRunFile(folder, RunFile.manifest, `${JSON.stringify(changed, null, 2)}\n`);
  await saveManifest(manifest);
  if (plan.script !== undefined)
    await writeRunFile(folder, RunFile.script, scriptText(plan.script.operations));
  const reporter = reporterFor(surroundings);
  reporter.onLog(`seed ${plan.seed}, run folder ${shownFolder}`);

  const stop = new StopRequest();
  const signals = onSignals((signal) => {
    reporter.onLog(`${signal}: ending the load, healing and checking; once more stops at once`);
    stop.stop();
  });
  try {
    const { history, outcome } = await recordRun(plan, { folder, runId: manifest.runId, reporter, stop });
    const complete: Manifest = {
      ...manifest,
      versions: { ...manifest.versions, ...outcome.versions },
      end: { interrupted: outcome.interrupted, environmentProblem: asReason(outcome.environmentError) },
    };
    await saveManifest(complete);
    reporter.onPhase("check", outcome.endNs);
    const verdict = await judge(history, {
      model: plan.workload.model,
      consistency: plan.consistency,
      meaning: {},
      ...(plan.maxStaleness === undefined ? {} : { maxStaleness: plan.maxStaleness }),
      budget: budgetOf(options),
      allKeys: options.allKeys,
      workers: workersOf(options),
      expectations: expectationsOf(complete),
      waived: plan.waived,
      interrupted: outcome.interrupted,
      environmentProblem: complete.end?.environmentProblem ?? null,
      warnings: outcome.warnings,
    });
    const report = renderReport(verdict, { manifest: complete, path: shownFolder });
    await writeRunFile(folder, RunFile.verdict, `${JSON.stringify(verdict, null, 2)}\n`);
    await writeRunFile(folder, RunFile.report, report);
    const { environmentError } = outcome;
    const exitCode = signals.exitCode ?? exitCodeOf(verdict.validity, environmentError);
    return { manifest: complete, folder, shownFolder, verdict, environmentError, report, exitCode };
  } catch (error) {
    await writeRunFile(folder, RunFile.report, `NOTHING SAID: ${describeError(error)}\n`).catch((unwritten) =>
      reporter.onLog(describeError(unwritten)),
    );
    throw signals.exitCode === undefined ? error : new InterruptedError(signals.exitCode, error);
  } finally {
    signals.release();
  }
}

/** Runs the plan, recording as it goes; what was recorded, and how the run ended. */
async function recordRun(
  plan: RunPlan,
  into: { folder: string; runId: string; reporter: Reporter; stop: StopRequest },
): Promise<{ history: History; outcome: RunOutcome }> {
  const recorder = createRecorder(join(into.folder, RunFile.history));
  const outcome = await run({
    ...plan,
    runId: into.runId,
    injector: (cluster) => injector(cluster, plan.faults),
    random: plan.random.stream("run"),
    recorder,
    reporter: into.reporter,
    folder: into.folder,
    logsFolder: join(into.folder, RunFile.logs),
    stop: into.stop,
  }).finally(() => recorder.close());
  return { history: recorder.history(), outcome };
}

function reporterFor({ console }: Surroundings): Required<Reporter> {
  const reporter = progressReporter({
    live: console.live,
    write: (text) => process.stderr.write(text),
    style: (style, text) => (console.live ? console.style(style, text) : text),
  });
  return unfailing(reporter, (message) => console.err(`assay: warning: ${message}`));
}
