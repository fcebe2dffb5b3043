import { type Checker, checkContext } from "../../harness/ports/checker.ts";
import type { Model } from "../models/index.ts";
import { beginCheck, type LinearizableOptions } from "./begin-check.ts";

/**
 * Whether there is an order of the operations that extends real time and in which each object behaves like `model`
 * (Herlihy and Wing, TOPLAS 12(3), 1990). Failed operations took no effect; crashed ones may have taken effect at any time
 * after their invocation, or never. Objects are decided one by one, which is sound as linearizability is local; the
 * smallest comes first, and the first violation ends the check unless `allKeys` is set.
 *
 * Cost: O(n·k) for n operations, k open at a time on one object, where no backtracking is needed; exponential in the
 * number of open operations that differ in the worst case. What cannot be decided within the budget is `unknown`.
 * Finding the witness of a violation is bounded by steps, beside the budget.
 * Reasons: `empty-history`, `budget-time`, `budget-memory`, `budget-configurations`; beside a violation `first-violation`, with the number of objects
 * that were not decided.
 * Errors: UsageError `history-does-not-fit-model`; of a user's own model `bad-model`, `model-failed`,
 * `model-answers-nonsense`, `model-changes-state`, `model-contradicts-itself`.
 */
export function linearizable(model: Model, options: LinearizableOptions = {}): Checker {
  return {
    name: "linearizable",
    check(history, settings) {
      const check = beginCheck(history, model, checkContext(settings), options);
      while (check.searchNext());
      return check.conclude();
    },
  };
}
