import { canonicalJson, type Json } from "../../../harness/history/index.ts";
import type { Model } from "../../models/index.ts";
import type { BareEvent } from "../../testing/history-of.ts";
import { operationsOf, type Reading, type TimedOperation } from "../../testing/oracle.ts";

/**
 * Sequential consistency by its definition: whether some order of all completed and any of the crashed operations, of all
 * keys together, keeps the order of each process and is what the model does. After a crashed operation nothing has to come.
 * Of the model it takes `init`, `step` and `partition`; of the checkers nothing.
 *
 * Cost: exponential; for a dozen operations.
 */
export function hasSequentialOrder(
  events: readonly BareEvent[],
  model: Model,
  reading: Reading = {},
): boolean {
  const operations = operationsOf(events, reading);
  const objectOf = ({ key }: TimedOperation) =>
    model.partition === "whole" ? "" : canonicalJson(key ?? null);
  const isCrashed = ({ ret }: TimedOperation) => ret === Number.POSITIVE_INFINITY;
  const earlier = operations.map((operation) =>
    operations.reduce((set, other, at) => {
      const isBefore =
        other.process === operation.process && other.call < operation.call && !isCrashed(other);
      return isBefore ? set | (1 << at) : set;
    }, 0),
  );
  const completed = operations.reduce(
    (set, operation, at) => (isCrashed(operation) ? set : set | (1 << at)),
    0,
  );
  const seen = new Set<string>();
  const place = (placed: number, states: Readonly<Record<string, Json>>): boolean => {
    if ((completed & ~placed) === 0) return true;
    const configuration = `${placed} ${canonicalJson(states)}`;
    if (seen.has(configuration)) return false;
    seen.add(configuration);
    return operations.some((operation, at) => {
      if (placed & (1 << at) || (earlier[at] as number) & ~placed) return false;
      const object = objectOf(operation);
      const step = model.step(states[object] ?? model.init, operation);
      return "state" in step && place(placed | (1 << at), { ...states, [object]: step.state });
    });
  };
  return place(0, {});
}
