import { NEVER } from "../../preparation/problem.ts";
import { extentsOf, lastToComplete, valid, violation, watch } from "../extents.ts";
import type { SpecialChecker } from "../special-checker.ts";

/**
 * Unique identifiers, on every history: an order is legal if and only if no id comes twice, whatever the order. So the history is
 * linearizable if and only if the ids of completed operations are distinct; then any order that extends real time
 * will do, as that of invocation. What a crashed operation made nobody saw.
 *
 * Cost: O(n log n).
 */
export const distinctIds: SpecialChecker = {
  name: "distinct-ids",
  models: ["unique-ids"],
  decide(object, _options, meter) {
    const { columns, values } = object.history;
    const extents = extentsOf(object, meter);
    const { size, rows, ret } = extents;
    meter.allocate(8 * size);
    const ids = new Int32Array(size);
    const completed = new Int32Array(size);
    let length = 0;
    for (let at = 0; at < size; at++) {
      watch(meter, at);
      if (ret[at] === NEVER) continue;
      completed[length] = at;
      ids[length++] = columns.output[rows[at] as number] as number;
    }
    const sorted = ids.slice(0, length).sort();
    for (let at = 1; at < length; at++) {
      const id = sorted[at] as number;
      if (id !== sorted[at - 1]) continue;
      const first = completed[ids.indexOf(id)] as number;
      const second = completed[ids.indexOf(id, ids.indexOf(id) + 1)] as number;
      const why = `but ${JSON.stringify(values.get(id))} was generated twice`;
      return violation(extents, [first, second], lastToComplete(extents, [first, second]), why);
    }
    return valid(extents, () => completed.slice(0, length));
  },
};
