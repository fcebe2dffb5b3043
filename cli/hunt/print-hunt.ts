import { join } from "node:path";
import { NS_PER_S } from "../../harness/clock/index.ts";
import { ExitCode } from "../../harness/exit-codes.ts";
import type { HuntState } from "./hunt-state.ts";

const SHOWN_VIOLATIONS = 20;
const SHOWN_UNKNOWN = 10;

/** 1 where a violation was found, 2 where no seed came out valid or none was answered, else 0. */
export function exitCodeOfHunt(state: HuntState): ExitCode {
  if (state.violations.length > 0) return ExitCode.invalid;
  return state.counts.valid > 0 && wasAnswered(state) ? ExitCode.valid : ExitCode.unknown;
}

function wasAnswered({ unanswered, done }: HuntState): boolean {
  return unanswered < done;
}

/** What a hunt came to, for people. `folder`: as the user would name it. */
export function renderHunt(state: HuntState, folder: string): string {
  const { counts, violations, done, seeds, firstSeed } = state;
  const lines = [
    headline(state),
    `  ${describeTarget(state)}, seeds ${firstSeed} … ${firstSeed + Math.max(0, done - 1)}${done < seeds ? ` (of ${seeds})` : ""}`,
    `  ${counts.valid} valid, ${counts.invalid} invalid, ${counts.unknown} unknown${listed(state.reasons)}`,
    `  ${state.operations} operations in ${(state.simulatedNs / NS_PER_S).toFixed(0)} s of simulated time, ${(state.elapsedMs / 1_000).toFixed(1)} s of real time`,
    `  ${state.states.length} protocol states, ${state.combinations.length} fault combinations; faults with an effect${listed(state.effects, ": none")}`,
  ];
  if (state.unanswered > 0) lines.push(`  nothing of the load was answered in ${state.unanswered} seeds`);
  if (state.unknownSeeds.length > 0) lines.push(`  unknown: seeds ${firstOf(state.unknownSeeds)}`);
  if (violations.length > 0) lines.push("", "Violations");
  for (const { seed, consistency, anomalies, folder: run } of violations.slice(0, SHOWN_VIOLATIONS)) {
    lines.push(`  seed ${seed}: not ${consistency} (${anomalies.join(", ")})  ${join(folder, run)}`);
  }
  if (violations.length > SHOWN_VIOLATIONS)
    lines.push(`  … and ${violations.length - SHOWN_VIOLATIONS} more`);
  const [first] = violations;
  if (first !== undefined) {
    const run = join(folder, first.folder);
    lines.push("", `assay shrink ${run}   makes it small and tells its story`);
    lines.push(`assay replay ${run}   runs it again`);
  }
  if (done < seeds && (first === undefined || state.keepGoing)) {
    lines.push("", `assay hunt --resume ${folder}   goes on with the other seeds`);
  }
  lines.push("", `Hunt folder: ${folder}`);
  return `${lines.join("\n")}\n`;
}

function firstOf(seeds: readonly number[]): string {
  const shown = seeds.slice(0, SHOWN_UNKNOWN).join(", ");
  return seeds.length > SHOWN_UNKNOWN ? `${shown}, …` : shown;
}

function headline(state: HuntState): string {
  const {
    violations: [first],
    counts,
    done,
  } = state;
  if (first !== undefined) {
    return `INVALID: seed ${first.seed} is not ${first.consistency}`;
  }
  if (done === 0) return "UNKNOWN: no seed was run";
  if (counts.valid === 0) return `UNKNOWN: nothing can be said of any of ${done} seeds`;
  if (!wasAnswered(state)) return `UNKNOWN: nothing of the load was answered in any of ${done} seeds`;
  return `VALID: no violation in ${counts.valid} seeds`;
}

function describeTarget({ target, fixed }: HuntState): string {
  const { protocol, bug, workload, consistency } = fixed;
  const parts = [
    protocol,
    bug === undefined ? undefined : `bug ${bug}`,
    workload === undefined ? undefined : `workload ${workload}`,
    consistency,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? target : `${target} (${parts.join(", ")})`;
}

function listed(counts: Readonly<Record<string, number>>, none = ""): string {
  const parts = Object.entries(counts)
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => `${count} ${name}`);
  return parts.length === 0 ? none : `: ${parts.join(", ")}`;
}
