import { UsageError } from "../errors.ts";
import type { History } from "./history.ts";
import { HistoryBuilder } from "./history-builder.ts";
import { jsonProblem } from "./json-value.ts";
import type { EventType, Json, Key, OperationError, Process } from "./operation.ts";

/** An event as somebody gives it who has it in memory; its place among the others is its index. */
export interface GivenEvent {
  readonly type: EventType;
  readonly process: Process;
  readonly f: string;
  /** A completion may leave it out: it is that of its invocation. */
  readonly key?: Key;
  /** Absent: null. */
  readonly value?: Json;
  /** Nanoseconds since the start, for people. Absent: one more than before. */
  readonly time?: number;
  readonly error?: OperationError;
  readonly node?: string;
}

/**
 * The history of these events, in real-time order: an invocation, and later at most one completion of the same process,
 * for each operation.
 *
 * Cost: amortised O(1) an event beside interning its value.
 * Errors: {@link UsageError} `double-invocation`, `completion-without-invocation`, `mismatched-completion`, `unsafe-number`,
 * `value-too-deep`, `value-not-json`, each with the place of the event.
 */
export function historyOf(events: Iterable<GivenEvent>): History {
  const builder = new HistoryBuilder();
  let lastTime = -1;
  for (const event of events) {
    const { value = null, time = lastTime + 1 } = event;
    lastTime = time;
    const problem = builder.misfit(event) ?? jsonProblem(value);
    if (problem !== undefined) {
      throw new UsageError({
        code: problem.code,
        message: `event ${builder.eventCount}: ${problem.message}`,
        hint:
          "hint" in problem
            ? problem.hint
            : "a process has one operation at a time: its invocation, then at most one completion",
      });
    }
    builder.add({ ...event, value, time });
  }
  return builder.finish();
}
