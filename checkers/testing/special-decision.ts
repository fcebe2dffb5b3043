import { stepMeter } from "../linearizable/meter.ts";
import { type Part, prepare } from "../linearizable/prepare.ts";
import { type Decided, decideSpecially } from "../linearizable/special/index.ts";
import type { Model } from "../models/index.ts";
import { type BareEvent, historyOf } from "./history-of.ts";
import { hasOrder, operationsByObject } from "./oracle.ts";
import { faultOfOrder } from "./replay.ts";

/** What special checkers decide on each object of a history, and what is wrong with it by the definition. */
export interface JudgedDecision {
  /** Undefined where all decline. */
  readonly decided: Decided | undefined;
  readonly fault: string | undefined;
}

/**
 * Lets the special checkers decide on every object of a history, and compares with the definition: the verdict, the
 * order of a valid object, and that the operations of a violation have no order by themselves.
 * Exponential; for a dozen operations an object.
 */
export function judgedDecisions(events: readonly BareEvent[], model: Model): JudgedDecision[] {
  return prepare(historyOf(events), model).parts.map((part) => {
    const decided = decideSpecially(part, model, stepMeter(1e9, 1e12));
    return { decided, fault: decided && faultOf(decided, events, model, part) };
  });
}

function faultOf(
  decided: Decided,
  events: readonly BareEvent[],
  model: Model,
  part: Part,
): string | undefined {
  const expected = hasOrderAlone(events, model, part, part.rows) ? "valid" : "invalid";
  if (decided.verdict !== expected) return `it is ${expected}, not ${decided.verdict}`;
  if (decided.verdict === "valid") {
    const order = decided.order();
    const fault = faultOfOrder(part, model, order);
    return fault && `${fault}, in the order ${[...order]}`;
  }
  const { rows, row, why } = decided.violation;
  const witness = `the witness ${[...rows]} (row ${row}, ${why})`;
  if (hasOrderAlone(events, model, part, rows)) return `${witness} has an order`;
  if (!rows.includes(row)) return `${witness} lacks its operation`;
  const ascending = rows.every((each, at) => at === 0 || each > (rows[at - 1] as number));
  return ascending ? undefined : `${witness} is not in order of invocation`;
}

/** Whether the definition finds an order of some rows of an object. */
function hasOrderAlone(
  events: readonly BareEvent[],
  model: Model,
  { history }: Part,
  rows: Int32Array,
): boolean {
  const calls = new Set(Array.from(rows, (row) => history.columns.invokeIndex[row]));
  const operations = [...operationsByObject(events, model).values()].flat();
  return hasOrder(
    operations.filter(({ call }) => calls.has(call)),
    model,
  );
}
