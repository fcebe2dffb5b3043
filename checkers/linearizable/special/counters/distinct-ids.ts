import { NEVER } from "../../problem.ts";
import { spansOf, valid, violation, watch } from "../spans.ts";
import type { SpecialChecker } from "../special-checker.ts";

/**
 * Unique identifiers, on every history: an order is legal if and only if no id comes twice, whatever the order. So the history is
 * linearizable if and only if the ids of completed operations are distinct; then any order that extends real time
 * will do, as that of invocation. What a crashed operation made nobody saw.
 *
 * Cost: O(n).
 */
export const distinctIds: SpecialChecker = {
  name: "distinct-ids",
  models: ["unique-ids"],
  decide(object, _options, meter) {
    const { columns, values } = object.history;
    const spans = spansOf(object, meter);
    const { size, rows, ret } = spans;
    meter.allocate(40 * size);
    const firstWith = new Map<number, number>();
    for (let at = 0; at < size; at++) {
      watch(meter, at);
      if (ret[at] === NEVER) continue;
      const id = columns.output[rows[at] as number] as number;
      const first = firstWith.get(id);
      if (first === undefined) {
        firstWith.set(id, at);
        continue;
      }
      const last = (ret[at] as number) > (ret[first] as number) ? at : first;
      const why = `but ${JSON.stringify(values.get(id))} was generated twice`;
      return violation(spans, [first, at], last, why);
    }
    const completed = () => Int32Array.from(firstWith.values());
    return valid(spans, completed);
  },
};
