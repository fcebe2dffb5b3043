import type { GeneratedObject } from "./generated-history.ts";

/** Added before anything else, and never removed. */
const ANCHOR = -1;

/**
 * A set of the elements 0 … elements - 1, each added and removed many times, with answers that tell whether that changed anything.
 * A wrong answer is that an element is not there which was added at the start and never removed.
 */
export function generatedSet({ elements }: { readonly elements: number }): GeneratedObject {
  const held = new Set<number>();
  let invoked = 0;
  let anchoredAt = Number.POSITIVE_INFINITY;
  return {
    invoke(random, quiet) {
      if (invoked++ === 0) return { f: "add", value: [ANCHOR, null] };
      if (random.chance(quiet ? 0.5 : 0.02)) return { f: "contains", value: [ANCHOR, null] };
      return { f: random.pick(["add", "remove", "contains"]), value: [random.int(elements), null] };
    },
    apply(f, value) {
      const [element] = value as [number, null];
      const present = held.has(element);
      if (f === "add") held.add(element);
      if (f === "remove") held.delete(element);
      return [element, f === "add" ? !present : present];
    },
    returned({ f, value }, at) {
      if (f === "add" && (value as [number, null])[0] === ANCHOR) anchoredAt = at;
    },
    wrongAnswer({ f, value, call }) {
      const [element] = value as [number, null];
      return f === "contains" && element === ANCHOR && anchoredAt < call ? [ANCHOR, false] : undefined;
    },
  };
}
