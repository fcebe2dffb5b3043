import type { Meter } from "../../meter.ts";
import type { Violation } from "../special-checker.ts";
import { type ElementOperations, elementOperations, Kind } from "./element-operations.ts";
import { followElement } from "./follow-element.ts";

/** Rows up to which operations are left out of a witness one by one. */
const FEW = 64;

/**
 * Few operations on an element that have no order by themselves, when the completion of `stuck` has no place.
 *
 * Operations that saw something can be left out, as they change nothing. Those that changed, or may have changed, something
 * can be left out where none of them is open: all that come later; and all that come before, but for one that put the
 * element in where it was in then.
 *
 * Cost: O(n log n), and O(n²) for a few.
 */
export function elementContradiction(operations: ElementOperations, stuck: number, meter: Meter): Violation {
  const { object, instants, kind, present } = operations;
  const { call, ret } = instants;
  const alone = (some: readonly number[]) => {
    const rows = Int32Array.from(some, (operation) => object.rows[operation] as number);
    return followElement(elementOperations({ ...object, rows }), meter);
  };
  let chosen = Array.from(call.keys());
  const tryOnly = (some: number[]) => {
    if (some.length === chosen.length) return;
    const found = alone(some);
    if ("stuck" in found && some[found.stuck] === stuck) chosen = some;
  };
  const { start, end } = quietAround(operations, stuck);
  const sees = (operation: number) => kind[operation] === Kind.sees;
  const called = (operation: number) => call[operation] as number;
  const returned = (operation: number) => ret[operation] as number;
  tryOnly(chosen.filter((each) => called(each) <= end && !(sees(each) && returned(each) > end)));
  const before = chosen.filter((each) => returned(each) < start);
  const followed = alone(before);
  if ("way" in followed && followed.states.length === 1) {
    const put = before.findLast((each) => !sees(each) && present[each] === 1);
    tryOnly(chosen.filter((each) => called(each) >= start || (followed.states[0] === 1 && each === put)));
  }
  tryOnly(chosen.filter((each) => !sees(each) || returned(each) === returned(stuck)));
  tryOnly(chosen.filter((each) => !sees(each) || each === stuck));
  for (const operation of chosen.length > FEW ? [] : [...chosen]) {
    if (sees(operation)) tryOnly(chosen.filter((each) => each !== operation));
  }
  const row = object.rows[stuck] as number;
  const wantsIn = sees(stuck) === (present[stuck] === 1);
  return {
    rows: Int32Array.from(chosen, (operation) => object.rows[operation] as number),
    row,
    why: `but in no order that fits the other answers was ${elementText(operations, row)} ${wantsIn ? "in" : "out of"} the set then`,
  };
}

function elementText({ object: { history } }: ElementOperations, row: number): string {
  const input = history.values.get(history.columns.input[row] as number);
  return JSON.stringify(Array.isArray(input) ? input[0] : input);
}

/**
 * The stretch around an operation, in instants, that changes do not reach out of: none that is invoked before `start` is open then,
 * and none that is invoked up to `end` is open after it, but for crashed ones.
 */
function quietAround({ instants, kind }: ElementOperations, stuck: number): { start: number; end: number } {
  const { call, ret, count } = instants;
  /** By instant: changes that were invoked before it and are open in it; those that crashed apart. */
  const open = new Int32Array(count + 2);
  const crashed = new Int32Array(count + 2);
  for (let operation = 0; operation < call.length; operation++) {
    if (kind[operation] === Kind.sees) continue;
    const column = ret[operation] === count ? crashed : open;
    const [from, to] = [(call[operation] as number) + 1, (ret[operation] as number) + 1];
    column[from] = (column[from] as number) + 1;
    column[to] = (column[to] as number) - 1;
  }
  for (let instant = 1; instant <= count; instant++) {
    for (const column of [open, crashed]) {
      column[instant] = (column[instant] as number) + (column[instant - 1] as number);
    }
  }
  let start = call[stuck] as number;
  while ((open[start] as number) > 0 || (crashed[start] as number) > 0) start--;
  let end = ret[stuck] as number;
  while ((open[end + 1] as number) > 0) end++;
  return { start, end };
}
