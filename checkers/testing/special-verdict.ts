import { stepMeter } from "../linearizable/meter.ts";
import { type Part, prepare } from "../linearizable/preparation/prepare.ts";
import type { Problem } from "../linearizable/preparation/problem.ts";
import { search } from "../linearizable/search/search.ts";
import { Transitions } from "../linearizable/search/transitions.ts";
import { type Decided, decideSpecially, type Violation } from "../linearizable/special/index.ts";
import type { Model } from "../models/index.ts";
import { faultOfOrder } from "./fault-of-order.ts";
import { type BareEvent, historyOf } from "./history-of.ts";

/** What the special checkers of a model say of a history. */
export interface SpecialVerdict {
  /** `declined` where no special checker decides some object and none finds another invalid. */
  readonly verdict: "valid" | "invalid" | "declined";
  /** By whom; with several objects, of the first that decides the verdict. */
  readonly checker?: string;
  /** Of the first violation. */
  readonly why?: string;
  /** Of the first violation: its rows and the one of them that it is about. */
  readonly rows?: readonly number[];
  readonly row?: number;
}

/** So few operations the search always decides. */
const SMALL = 20;

/**
 * What the special checkers say of a history, once their proofs are verified: every order is replayed through the model and
 * held against real time, and the operations of a violation are put to the search alone. Throws where one is no proof.
 */
export function specialVerdict(events: readonly BareEvent[], model: Model): SpecialVerdict {
  const { parts } = prepare(historyOf(events), model);
  let declined = false;
  let found: SpecialVerdict | undefined;
  let checker: string | undefined;
  for (const part of parts) {
    const decided = decideSpecially(part, model, stepMeter(1e9, 1e9));
    if (decided === undefined) declined = true;
    else {
      verify(part, model, decided);
      checker ??= decided.checker;
      if (decided.verdict === "invalid") {
        const { rows, row, why } = decided.violation;
        found ??= { verdict: "invalid", checker: decided.checker, why, rows: [...rows], row };
      }
    }
  }
  return found ?? { verdict: declined ? "declined" : "valid", ...(checker === undefined ? {} : { checker }) };
}

/** What the search says of a history. */
export function searchVerdict(events: readonly BareEvent[], model: Model): "valid" | "invalid" | "unknown" {
  for (const part of prepare(historyOf(events), model).parts) {
    const verdict = searched(part.problem().problem, model);
    if (verdict !== "valid") return verdict;
  }
  return "valid";
}

function searched(problem: Problem, model: Model) {
  const meter = stepMeter(1e7, 1e8);
  return search(problem, () => new Transitions(model, problem.classes, meter), meter).verdict;
}

function verify(part: Part, model: Model, decided: Decided): void {
  if (decided.verdict === "valid") {
    const order = decided.order();
    const fault = faultOfOrder(part, model, order);
    if (fault !== undefined) throw new Error(`${fault}, in the order ${[...order]}`);
  }
  if (decided.verdict === "invalid") assertNoOrder(part, model, decided.violation);
}

function assertNoOrder(part: Part, model: Model, { rows, row, why }: Violation): void {
  const verdict = searched(part.problemOf(rows), model);
  // Of many operations the search may not know.
  if (verdict !== "invalid" && (verdict === "valid" || rows.length < SMALL)) {
    throw new Error(`${verdict}: ${[...rows]}, ${why}`);
  }
  if (!rows.includes(row)) throw new Error(`${row} is not among ${[...rows]}`);
  if (new Set(rows).size < rows.length) throw new Error(`twice among ${[...rows]}`);
  if (rows.some((each) => !part.rows.includes(each))) throw new Error(`not all of the object: ${[...rows]}`);
}
