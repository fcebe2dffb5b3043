import type { MaxStaleness } from "../checkers/consistencies.ts";
import { type Evidence, gatherEvidence } from "../checkers/evidence.ts";
import { createModel, type ModelOptions } from "../checkers/index.ts";
import { type EvidenceExpectations, judgeEvidence } from "../checkers/judge-evidence.ts";
import { stats } from "../checkers/stats.ts";
import { monotonicMs } from "../harness/clock/index.ts";
import { UsageError } from "../harness/errors.ts";
import type { History } from "../harness/history/index.ts";
import { type Budget, type CheckResult, mergeValidity, type Reason } from "../harness/ports/index.ts";
import type { Verdict } from "../results/verdict.ts";
import { checkOnThreads } from "./check-on-threads.ts";
import { consistencies } from "./judging.ts";

export interface Judgement {
  readonly model: string;
  readonly consistency: string;
  /** What a failed compare-and-set and a read of null mean, and what is there at first. */
  readonly meaning: ModelOptions;
  /** How stale a read may be, for the consistency models that have such a bound. */
  readonly maxStaleness?: MaxStaleness;
  readonly budget: Budget;
  /** Whether every key is judged, though one is known to be invalid. */
  readonly allKeys: boolean;
  /** Whether an order is given for each key that has one. Default false. */
  readonly witness?: boolean;
  /** How many searches may go on at the same time. */
  readonly workers: number;
  /** What the run set out to do; `null` for a history of which only the operations are known. */
  readonly expectations: EvidenceExpectations | null;
  readonly waived: ReadonlySet<string>;
  readonly interrupted: boolean;
  /** What broke in the environment; then nothing is said but what is wrong for certain. */
  readonly environmentProblem: Reason | null;
  readonly warnings: readonly string[];
}

/** Decides a history: every check that applies, and the merged verdict. */
export async function judge(history: History, judgement: Judgement): Promise<Verdict> {
  const evidence = gatherEvidence(history);
  const { environmentProblem, expectations } = judgement;
  const checks = [
    await checkConsistency(history, judgement),
    ...(expectations === null ? [] : [judgeEvidence(evidence, expectations, judgement.waived)]),
    ...(environmentProblem === null ? [] : [environmentCheck(environmentProblem)]),
  ];
  return {
    schema: 1,
    validity: mergeValidity(checks.map((check) => check.validity)),
    consistency: judgement.consistency,
    model: judgement.model,
    checks,
    history: { operations: history.length, events: history.eventCount, interrupted: judgement.interrupted },
    stats: stats(history),
    evidence: expectations === null ? null : evidence,
    warnings: [...judgement.warnings, ...(expectations === null ? vacuity(evidence) : [])],
  };
}

/** Errors: {@link UsageError} `unsupported-check` where the consistency model is not judged for such operations. */
async function checkConsistency(history: History, judgement: Judgement): Promise<CheckResult> {
  const { model, meaning, maxStaleness, budget } = judgement;
  const consistency = consistencies[judgement.consistency];
  if (consistency === undefined || !consistency.models.includes(model)) {
    throw new UsageError({
      code: "unsupported-check",
      message: `${judgement.consistency} of a ${model} cannot be judged`,
      hint: "see assay list models, assay list consistencies",
    });
  }
  const settings = { budget, nowMs: monotonicMs };
  if (judgement.consistency !== "linearizable") {
    const of = { model, options: meaning, ...(maxStaleness === undefined ? {} : { maxStaleness }) };
    return consistency.checker(of).check(history, settings);
  }
  return checkOnThreads(history, createModel(model, meaning), settings, {
    allKeys: judgement.allKeys,
    witness: judgement.witness ?? false,
    threads: { count: judgement.workers },
  });
}

/** Of a file nobody knows what it set out to do, so it is judged by the definition alone; but what that shows is said. */
function vacuity({ stats: { load, recovery } }: Evidence): string[] {
  if (load.total.ok + (recovery?.total.ok ?? 0) > 0) return [];
  return ["no operation of a client ended in ok, so this verdict shows nothing about the store"];
}

/** A broken environment says nothing about consistency, and so a run in one is never valid. */
function environmentCheck(problem: Reason): CheckResult {
  return { checker: "environment", validity: "unknown", anomalies: [], reasons: [problem] };
}
