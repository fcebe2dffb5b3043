import type { Random } from "../../harness/clock/random.ts";
import type { BareEvent } from "./history-of.ts";

/** The same events at other times: each process's in their order, the processes mixed by chance. */
export function shiftedSessions(random: Random, events: readonly BareEvent[]): BareEvent[] {
  const sessions = new Map<BareEvent["process"], BareEvent[]>();
  for (const event of events) sessions.set(event.process, [...(sessions.get(event.process) ?? []), event]);
  const left = [...sessions.values()].map((own) => own.toReversed());
  const shifted: BareEvent[] = [];
  while (left.some((own) => own.length > 0)) {
    const event = random.pick(left).pop();
    if (event !== undefined) shifted.push(event);
  }
  return shifted;
}
