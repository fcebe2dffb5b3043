import type { Random } from "../../../harness/clock/random.ts";
import type { Json } from "../../../harness/history/operation.ts";
import { canonicalJson } from "../../../harness/history/value-table.ts";
import { evaluate } from "./key-value.ts";
import type { Service } from "./service.ts";

interface Written {
  /** A Lamport time stamp. */
  readonly time: number;
  readonly value: Json;
}

interface Replica {
  clock: number;
  readonly values: Map<string, Written>;
}

const REPLICAS = 5;

/**
 * A key-value store that is only eventually consistent, and loses updates on purpose. Each request is answered by one of
 * five replicas, drawn anew, as if it were alone; before each, one replica hands its state to another, and of two values
 * of a key the one with the later Lamport time stamp stays, of equal ones the larger (Maelstrom, doc/services.md;
 * service.clj, LWWKV and Eventual). Cost: O(keys) a request, for the merge.
 */
export function lwwKv(random: Random): Service {
  const replicas = Array.from({ length: REPLICAS }, (): Replica => ({ clock: 0, values: new Map() }));
  return {
    answer(_client, request) {
      merge(random.pick(replicas), random.pick(replicas));
      const replica = random.pick(replicas);
      const { answer, change } = evaluate(request, (key) => replica.values.get(key)?.value);
      if (change !== undefined)
        replica.values.set(change.key, { time: replica.clock++, value: change.value });
      return answer;
    },
  };
}

function merge(from: Replica, into: Replica): void {
  if (from === into) return;
  into.clock = Math.max(into.clock, from.clock);
  for (const [key, written] of from.values) {
    const present = into.values.get(key);
    if (present === undefined || wins(written, present)) into.values.set(key, written);
  }
}

function wins(challenger: Written, present: Written): boolean {
  if (challenger.time !== present.time) return challenger.time > present.time;
  const [one, other] = [challenger.value, present.value];
  if (typeof one === "number" && typeof other === "number") return one > other;
  return canonicalJson(one) > canonicalJson(other);
}
