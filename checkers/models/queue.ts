import { container } from "./container.ts";
import type { Model } from "./model.ts";
import { notNull } from "./schema.ts";

/** A queue, first in first out: `enqueue` v; `dequeue` and `peek` null → v, or null when it was empty. */
export function queue(): Model {
  return container({
    name: "queue",
    put: "enqueue",
    take: "dequeue",
    peek: "peek",
    did: { put: "enqueued", take: "dequeued" },
    value: notNull("v", "empty"),
    place: "at the front",
    putIn: (held, value) => [...held, value],
  });
}
