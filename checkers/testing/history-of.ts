import { type History, HistoryBuilder, type HistoryEvent } from "../../harness/history/index.ts";

/** An event without what its place in the list gives it. */
export type BareEvent = Omit<HistoryEvent, "index" | "time">;

/** The history of these events, one a millisecond. */
export function historyOf(events: readonly BareEvent[]): History {
  const builder = new HistoryBuilder(Math.max(8, events.length));
  for (const [index, event] of events.entries()) builder.add({ ...event, time: index * 1_000_000 });
  return builder.finish();
}
