import type { Random } from "../../harness/clock/random.ts";
import type { BareEvent } from "./history-of.ts";

/**
 * The history with some neighbouring events exchanged so that more operations overlap: what was before another in real time no
 * longer is. A valid history stays valid.
 */
export function loosened(random: Random, events: readonly BareEvent[]): BareEvent[] {
  return exchanged(random, events, (first, second) => first.type !== "invoke" && second.type === "invoke");
}

/** The same so that fewer operations overlap. An invalid history stays invalid. */
export function tightened(random: Random, events: readonly BareEvent[]): BareEvent[] {
  return exchanged(random, events, (first, second) => first.type === "invoke" && second.type !== "invoke");
}

function exchanged(
  random: Random,
  events: readonly BareEvent[],
  wanted: (first: BareEvent, second: BareEvent) => boolean,
): BareEvent[] {
  const changed = [...events];
  for (let at = 0; at + 1 < changed.length; at++) {
    const [first, second] = [changed[at] as BareEvent, changed[at + 1] as BareEvent];
    if (first.process === second.process || !wanted(first, second) || random.chance(0.5)) continue;
    changed[at] = second;
    changed[at + 1] = first;
  }
  return changed;
}
