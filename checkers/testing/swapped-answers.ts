import type { Random } from "../../harness/clock/random.ts";
import type { BareEvent } from "./history-of.ts";

/** The history with the answers of two operations of one kind exchanged: a valid one is then often invalid, but only just. */
export function withSwappedAnswers(random: Random, events: readonly BareEvent[], f: string): BareEvent[] {
  const answers = [...events.keys()].filter((at) => events[at]?.type === "ok" && events[at]?.f === f);
  if (answers.length < 2) return [...events];
  const [one, other] = random.shuffle(answers) as [number, number];
  const swapped = [...events];
  swapped[one] = { ...(events[one] as BareEvent), value: (events[other] as BareEvent).value };
  swapped[other] = { ...(events[other] as BareEvent), value: (events[one] as BareEvent).value };
  return swapped;
}
