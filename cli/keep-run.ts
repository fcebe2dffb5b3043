import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Manifest } from "../results/manifest.ts";
import { renderReport } from "../results/report.ts";
import { RunFile, replaceFolder, writeRunFile } from "../results/run-folder.ts";
import { scriptText } from "../results/script-file.ts";
import type { Surroundings } from "./command.ts";
import { describeRun } from "./describe-run.ts";
import { asReason } from "./environment-problem.ts";
import type { RunPlan } from "./plan-run.ts";
import { type SimulatedRun, simulateRun } from "./simulate-run.ts";

/** A simulated run in its folder. */
export interface KeptRun {
  readonly manifest: Manifest;
  readonly run: SimulatedRun;
  readonly report: string;
}

/**
 * Simulates a plan and keeps the run in a folder, with the same files as `assay run` writes; `assay replay` and
 * `assay check` take it. The folder takes the place of one of that name, and is there whole or not at all.
 *
 * `shownFolder`: the folder as the user would name it. `more`: files to add, made from the run, by their names.
 * Errors: EnvironmentError `results-not-writable`, and those of {@link simulateRun}.
 */
export async function keepRun(
  plan: RunPlan,
  folder: string,
  {
    shownFolder,
    startedAt,
    surroundings,
    trace = false,
    more = () => ({}),
  }: {
    readonly shownFolder: string;
    readonly startedAt: Date;
    readonly surroundings: Pick<Surroundings, "argv" | "cwd">;
    readonly trace?: boolean;
    readonly more?: (run: SimulatedRun) => Readonly<Record<string, string>>;
  },
): Promise<KeptRun> {
  const described = await describeRun(plan, startedAt, surroundings);
  let kept: KeptRun | undefined;
  await replaceFolder(folder, async (partial) => {
    const logsFolder = join(partial, RunFile.logs);
    await mkdir(logsFolder);
    const run = await simulateRun(plan, { text: true, trace, logsFolder });
    const { outcome, verdict } = run;
    const manifest: Manifest = {
      ...described,
      versions: { ...described.versions, ...outcome.versions },
      end: { interrupted: outcome.interrupted, environmentProblem: asReason(outcome.environmentError) },
    };
    const report = renderReport(verdict, { manifest, path: shownFolder });
    const files: Readonly<Record<string, string>> = {
      [RunFile.manifest]: asJson(manifest),
      ...(plan.script === undefined ? {} : { [RunFile.script]: scriptText(plan.script.operations) }),
      [RunFile.history]: run.text,
      [RunFile.verdict]: asJson(verdict),
      [RunFile.report]: report,
      ...more(run),
    };
    for (const [file, text] of Object.entries(files)) await writeRunFile(partial, file, text);
    kept = { manifest, run, report };
  });
  return kept as KeptRun;
}

function asJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
