import { ABSENT, Completed, type History, type Key, NEMESIS } from "../../harness/history/index.ts";
import type { Checker } from "../../harness/ports/checker.ts";
import type { Anomaly, CheckResult, Measure, Reason } from "../../harness/ports/verdict.ts";
import { byKey, type ClientOperation, clientOperations } from "../client-operations.ts";
import { createModel, type ModelOptions } from "../models/index.ts";
import { finalHealIndex, finalHealTimeNs } from "../stats.ts";
import { divergence } from "./divergence.ts";
import { finalValues, type KeyHistory } from "./final-values.ts";
import {
  type ConvergenceJudge,
  counterJudge,
  listJudge,
  mvRegisterJudge,
  registerJudge,
  setJudge,
} from "./judges.ts";
import { timeToConverge } from "./time-to-converge.ts";

/** The models whose convergence can be judged. */
export const convergentModels: readonly string[] = [
  "register",
  "cas-register",
  "mv-register",
  "counter",
  "set",
  "or-set",
  "list",
];

export interface ConvergenceOptions {
  readonly model: string;
  readonly options?: ModelOptions;
}

/**
 * Convergence alone: once everything is healed and nobody changes anything any more, the last read of every key at every
 * node is the same, and nothing was ever read that nobody wrote. What was acknowledged may be lost, all of it, as with
 * a primary that fails over before it has replicated. So it says little: a store that forgets everything converges.
 *
 * Cost and errors: as {@link eventual}.
 */
export function convergence(of: ConvergenceOptions): Checker {
  return checker("convergence", of);
}

/**
 * Eventual consistency, by what nodes show once everything is healed and nobody changes anything any more: the last
 * read of every key at every node is the same, no acknowledged update is lost in it, and nothing comes back that was removed.
 * Answers before that may be as old as they like, but each must have been written.
 *
 * What the model leaves open stays open: any written value of a register may come last, and of an element that is added and
 * removed at the same time nobody knows which wins. `unknown` where not every node was seen to answer for every
 * key, since only there it can be looked.
 *
 * Cost: O(n + sizes of all answers). Errors: UsageError `history-does-not-fit-model`.
 * Source: Vogels, Eventually consistent, CACM 2009; Burckhardt, Principles of eventual consistency, 2014, section 5.
 */
export function eventual(of: ConvergenceOptions): Checker {
  return checker("eventual", of);
}

/**
 * Strong eventual consistency: beside what {@link eventual} asks for, nodes that have seen the same updates show the same. Which
 * updates a node has seen a client cannot tell, but at the end, when it is all of them; and from lists, where two answers that
 * have two elements in opposite orders cannot be mended by anything that either has not seen.
 *
 * Cost and errors: as {@link eventual}.
 * Source: Shapiro, Preguiça, Baquero and Zawirski, Conflict-free replicated data types, SSS 2011, definition 2.3.
 */
export function strongEventual(of: ConvergenceOptions): Checker {
  return checker("strong-eventual", of);
}

/** Each asks for all that those before it ask for. */
type Level = "convergence" | "eventual" | "strong-eventual";

function checker(name: Level, { model, options = {} }: ConvergenceOptions): Checker {
  const created = createModel(model, options);
  const judge = judgeOf(model, options);
  const isVoid = (operation: ClientOperation) => created.isVoid?.(operation) === true;
  return {
    name,
    check(history) {
      const operations = clientOperations(history, created).filter((each) => !isVoid(each));
      const keys = keyHistories(operations, finalHealIndex(history));
      const nodes = answeringNodes(history);
      const anomalies: Anomaly[] = [];
      const reasons: Reason[] = missingReads(history, keys, nodes);
      const measures: Measure[] = [];
      for (const each of keys) {
        const end = judgeKey(each, judge, name);
        anomalies.push(...end.anomalies);
        reasons.push(...end.reasons);
        if (end.agreed) measures.push(...timeToConverge(each, finalHealTimeNs(history), judge.textOf));
      }
      return result(name, anomalies, reasons, measures);
    },
  };
}

function judgeOf(model: string, { init }: ModelOptions): ConvergenceJudge {
  switch (model) {
    case "mv-register":
      return mvRegisterJudge;
    case "counter":
      return counterJudge((init ?? 0) as number);
    case "set":
      return setJudge({ leavesTombstone: true });
    case "or-set":
      return setJudge({ leavesTombstone: false });
    case "list":
      return listJudge;
    default:
      return registerJudge(init ?? null);
  }
}

function keyHistories(operations: readonly ClientOperation[], healIndex: number): KeyHistory[] {
  return [...byKey(operations)].map(([key, ofKey]) => ({
    key,
    operations: ofKey,
    final: finalValues(ofKey, healIndex),
  }));
}

const NOTHING = { anomalies: [], reasons: [] };

interface Judged {
  readonly anomalies: readonly Anomaly[];
  readonly reasons: readonly Reason[];
  /** Whether at least two nodes were read in the end, and all that were agree. */
  readonly agreed: boolean;
}

function judgeKey(history: KeyHistory, judge: ConvergenceJudge, level: Level): Judged {
  const { key, operations, final } = history;
  const always = judge.always(key, operations);
  const whole = level === "strong-eventual" ? (judge.strong?.(key, operations) ?? []) : [];
  const differs = divergence(history, judge.textOf);
  const [read] = final.last.values();
  if (differs !== undefined || read === undefined || always.length > 0) {
    // Where answers are made up, what they say of the end is no story of its own.
    const anomalies = [...always, ...(differs === undefined ? [] : [differs]), ...whole];
    return { anomalies, reasons: [], agreed: false };
  }
  const end = level === "convergence" ? NOTHING : judge.end(key, operations, read);
  return {
    anomalies: [...whole, ...end.anomalies],
    reasons: end.reasons,
    agreed: final.last.size > 1,
  };
}

/** The nodes that answered a client at any time. */
function answeringNodes({ columns, names, length }: History): string[] {
  const nodes = new Set<string>();
  for (let row = 0; row < length; row++) {
    const node = columns.node[row] as number;
    if (columns.process[row] === NEMESIS || columns.completion[row] !== Completed.ok || node === ABSENT)
      continue;
    nodes.add(names.nodes[node] as string);
  }
  return [...nodes].sort();
}

const HINT =
  "read every key at every node once all is healed, as workloads do with --option final-reads=everywhere, and give them time (--recovery)";

/** Without final reads everywhere, agreement is nothing but that nobody looked. */
function missingReads(history: History, keys: readonly KeyHistory[], nodes: readonly string[]): Reason[] {
  if (finalHealIndex(history) === Number.POSITIVE_INFINITY) {
    const message = "the history has no final heal, after which nodes could be expected to agree";
    return [
      {
        code: "no-final-heal",
        message,
        hint: "only a run of assay, or a history with an operation final-heal of the nemesis, can be judged",
      },
    ];
  }
  if (nodes.length < 2) {
    const message =
      nodes.length === 0
        ? "the history does not tell which node answered"
        : `${nodes[0]} alone answered, so there is nobody to agree with`;
    return [{ code: "no-final-reads-at-two-nodes", message, hint: HINT }];
  }
  const lacking = keys.filter(({ operations, final }) => {
    const used = operations.some(({ type }) => type === "ok");
    return used && nodes.some((node) => !final.last.has(node));
  });
  const [first] = lacking;
  if (first === undefined) return [];
  const silent = nodes.filter((node) => !first.final.last.has(node));
  const message =
    `${lacking.length} of ${keys.length} keys were not read at every node after the final heal` +
    `: ${nameOf(first.key)} not at ${silent.join(", ")}`;
  return [{ code: "final-reads-incomplete", message, hint: HINT }];
}

function nameOf(key: Key | undefined): string {
  return key === undefined ? "the object" : String(key);
}

function result(
  checker: string,
  anomalies: readonly Anomaly[],
  reasons: readonly Reason[],
  measures: readonly Measure[],
): CheckResult {
  const validity = anomalies.length > 0 ? "invalid" : reasons.length > 0 ? "unknown" : "valid";
  return { checker, validity, anomalies, reasons, measures };
}
