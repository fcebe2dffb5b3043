import { renderDiagram } from "../../results/diagram.ts";
import { RunFile } from "../../results/run-folder.ts";
import type { SimulatedRun } from "../simulate-run.ts";
import { describeSize, type ScriptedPlan, sizeOf } from "./size.ts";

/** What happened in a small run, for people: how large it is, every message, and what was wrong with it. */
export function tellStory(
  plan: ScriptedPlan,
  { history, trace, verdict }: SimulatedRun,
  anomaly: string,
): string {
  const { target, targetOptions, nodes, concurrency, seed } = plan;
  const changed = Object.entries(targetOptions).filter(
    ([name, value]) => value !== target.options[name]?.default,
  );
  const options = changed.map(([name, value]) => `${name}=${value}`).join(", ");
  const messages = verdict.checks.flatMap(({ anomalies }) => anomalies.map(({ message }) => message));
  return [
    anomaly,
    `  ${describeSize(sizeOf(plan))}`,
    `  ${target.name}${options === "" ? "" : ` with ${options}`}, seed ${seed}`,
    "",
    renderDiagram({ nodes, concurrency, history, trace }),
    ...messages.slice(0, 1),
    "",
  ].join("\n");
}

/** The files that a shrunk run has beside those of every run. */
export function storyFiles(
  plan: ScriptedPlan,
  run: SimulatedRun,
  anomaly: string,
): Readonly<Record<string, string>> {
  return {
    [RunFile.messages]: run.trace.map((event) => `${JSON.stringify(event)}\n`).join(""),
    [RunFile.story]: tellStory(plan, run, anomaly),
  };
}
