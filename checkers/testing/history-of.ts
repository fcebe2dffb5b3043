import {
  type History,
  type HistoryEvent,
  historyOf as historyOfEvents,
} from "../../harness/history/index.ts";

/** An event without what its place in the list gives it. */
export type BareEvent = Omit<HistoryEvent, "index" | "time">;

/** The history of these events, one a millisecond. */
export function historyOf(events: readonly BareEvent[]): History {
  return historyOfEvents(events.map((event, index) => ({ ...event, time: index * 1_000_000 })));
}
