import type { Meter } from "../../meter.ts";
import type { ObjectHistory } from "../../preparation/objects.ts";
import type { SpecialChecker, SpecialDecision } from "../special-checker.ts";
import { elementContradiction } from "./element-contradiction.ts";
import { elementOperations } from "./element-operations.ts";
import { elementOrder } from "./element-order.ts";
import { followElement } from "./follow-element.ts";
import { growOnly } from "./grow-only.ts";
import { setReads } from "./set-reads.ts";

/** One element of a set: adds, removals and looks at it, with and without answers, crashed ones included. */
const setElement: SpecialChecker = {
  name: "set-element",
  models: ["set"],
  decide(object, _options, meter) {
    return isOfOneElement(object)
      ? decideElement(object, meter)
      : { verdict: "declined", why: "the set is read as a whole" };
  },
};

/** A set that is added to and read as a whole. */
const growOnlySet: SpecialChecker = {
  name: "grow-only-set",
  models: ["set"],
  decide(object) {
    if (isOfOneElement(object)) return { verdict: "declined", why: "nobody reads the set as a whole" };
    const { rows } = object;
    const rowOf = (operation: number) => rows[operation] as number;
    const reads = setReads(object);
    if ("declined" in reads) return { verdict: "declined", why: reads.declined };
    if ("impossible" in reads) {
      const row = rowOf(reads.impossible.operation);
      // Nobody added it, so the read alone has no order.
      return { verdict: "invalid", violation: { rows: Int32Array.of(row), row, why: reads.impossible.why } };
    }
    const grown = growOnly(reads);
    if ("order" in grown) return { verdict: "valid", order: () => grown.order().map(rowOf) };
    const { operations, operation, why } = grown.conflict;
    const violation = { rows: Int32Array.from(operations, rowOf), row: rowOf(operation), why };
    return { verdict: "invalid", violation };
  },
};

function decideElement(object: ObjectHistory, meter: Meter): SpecialDecision {
  const { rows } = object;
  const operations = elementOperations(object);
  const followed = followElement(operations, meter);
  if ("declined" in followed) return { verdict: "declined", why: followed.declined };
  if ("stuck" in followed) {
    return { verdict: "invalid", violation: elementContradiction(operations, followed.stuck, meter) };
  }
  return {
    verdict: "valid",
    order: () => elementOrder(operations, followed.way).map((operation) => rows[operation] as number),
  };
}

/** An object without a read of all is split by element, so one look tells. */
function isOfOneElement({ history, rows }: ObjectHistory): boolean {
  const read = history.names.functions.indexOf("read");
  return read === -1 || !rows.some((row) => history.columns.f[row] === read);
}

export const sets: readonly SpecialChecker[] = [setElement, growOnlySet];
