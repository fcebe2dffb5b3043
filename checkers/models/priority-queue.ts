import { container } from "./container.ts";
import type { Model } from "./model.ts";
import { shape } from "./schema.ts";

/**
 * A priority queue, the largest first: `insert` v; `poll` and `peek` null → v, or null when it was empty. Values are
 * numbers and are their own priorities; of equal ones it does not matter which comes out. Nothing else is compared: how a
 * store orders strings or pairs is its own affair.
 */
export function priorityQueue(): Model {
  return container({
    name: "priority-queue",
    put: "insert",
    take: "poll",
    peek: "peek",
    did: { put: "inserted", take: "polled" },
    value: shape("v", "a number", (value) => typeof value === "number"),
    place: "the largest",
    putIn(held, value) {
      const at = held.findIndex((other) => (other as number) < (value as number));
      return at === -1 ? [...held, value] : [...held.slice(0, at), value, ...held.slice(at)];
    },
  });
}
