import { container } from "./container.ts";
import type { Model } from "./model.ts";
import { notNull } from "./schema.ts";

/** A stack, last in first out: `push` v; `pop` and `peek` null → v, or null when it was empty. */
export function stack(): Model {
  return container({
    name: "stack",
    put: "push",
    take: "pop",
    peek: "peek",
    did: { put: "pushed", take: "popped" },
    value: notNull("v", "empty"),
    place: "on top",
    putIn: (held, value) => [value, ...held],
  });
}
