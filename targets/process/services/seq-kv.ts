import type { Random } from "../../../harness/clock/random.ts";
import type { Json } from "../../../harness/history/operation.ts";
import { evaluate } from "./key-value.ts";
import type { Service } from "./service.ts";

interface Version {
  /** The number of the state that it came with. */
  readonly state: number;
  readonly value: Json;
}

/** How many states back a client may find itself (as many as in Maelstrom). */
const STATES_KEPT = 32;

/**
 * A sequentially consistent key-value store. Its states form one row, and every client moves along that row, never back.
 * A request is first tried on a state drawn from those between where the client is and the newest. Where that changes
 * nothing, it counts there: it is stale, and has its place in one order all the same. Where it would change something, it
 * is tried on the newest state alone, and makes the next one (Maelstrom, doc/services.md; service.clj, Sequential).
 *
 * So a client that only reads may see the past for as long as 32 changes; a write that changes something brings it up to
 * date. Cost: O(log 32) a request; memory O(keys + 32).
 */
export function seqKv(random: Random): Service {
  const versions = new Map<string, Version[]>();
  const reached = new Map<string, number>();
  let newest = 0;

  function valueAt(key: string, state: number): Json | undefined {
    return versions.get(key)?.findLast((version) => version.state <= state)?.value;
  }

  function put(key: string, value: Json): void {
    newest++;
    const kept = versions.get(key) ?? [];
    const oldest = newest - STATES_KEPT + 1;
    // Of what lies before the oldest state that anyone can see, only the last is ever read.
    const first = Math.max(
      0,
      kept.findLastIndex((version) => version.state <= oldest),
    );
    versions.set(key, [...kept.slice(first), { state: newest, value }]);
  }

  return {
    answer(client, request) {
      const earliest = Math.max(reached.get(client) ?? 0, newest - STATES_KEPT + 1, 0);
      const drawn = random.between(earliest, newest);
      const past = evaluate(request, (key) => valueAt(key, drawn));
      if (past.change === undefined) {
        reached.set(client, drawn);
        return past.answer;
      }
      const { answer, change } = evaluate(request, (key) => valueAt(key, newest));
      if (change !== undefined) put(change.key, change.value);
      reached.set(client, newest);
      return answer;
    },
  };
}
