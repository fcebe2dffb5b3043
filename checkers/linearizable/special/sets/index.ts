import type { Meter } from "../../meter.ts";
import type { ObjectHistory } from "../../objects.ts";
import type { SpecialChecker, SpecialDecision } from "../special-checker.ts";
import { elementContradiction } from "./element-contradiction.ts";
import { elementOperations } from "./element-operations.ts";
import { elementOrder } from "./element-order.ts";
import { followElement } from "./follow-element.ts";

/** One element of a set: adds, removals and looks at it, with and without answers, crashed ones included. */
export const setElement: SpecialChecker = {
  name: "set-element",
  models: ["set"],
  decide(object, _options, meter) {
    return isOfOneElement(object)
      ? decideElement(object, meter)
      : { verdict: "declined", why: "the set is read as a whole" };
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
