import { invariant, UsageError } from "../errors.ts";
import type { History } from "./history.ts";
import { HistoryBuilder, type NewEvent } from "./history-builder.ts";
import { jsonProblem } from "./json-value.ts";
import type { HistoryEvent, Key } from "./operation.ts";
import { transactionKeys } from "./transaction-keys.ts";

/** What an event is before the recorder gives it its index. */
export type UnrecordedEvent = Omit<HistoryEvent, "index">;

/** The one place that numbers the events of a run: what it sees first happened first. */
export interface Recorder {
  readonly eventCount: number;
  /** The keys seen so far, in order of first use; those of transactions too, which stand in their values. */
  readonly keys: readonly Key[];
  /** Adds the next event and gives it its index. Errors: {@link UsageError} `unsafe-number`, `value-not-json`, … */
  append(event: UnrecordedEvent): HistoryEvent;
  /** Brings everything appended so far to where it is kept. */
  flush(): void;
  /** Flushes and ends the recording; nothing may be appended any more. Closing twice is allowed. */
  close(): void;
  /** The history of what was appended so far. */
  history(): History;
}

/** The keys of a run, in order of first use. */
export class UsedKeys {
  readonly #keys = new Set<Key>();

  get list(): readonly Key[] {
    return [...this.#keys];
  }

  note(event: UnrecordedEvent): void {
    if (event.type !== "invoke") return;
    if (event.key !== undefined) this.#keys.add(event.key);
    for (const key of transactionKeys(event)) this.#keys.add(key);
  }
}

/** Keeps the events in memory only. */
export class MemoryRecorder implements Recorder {
  readonly #builder = new HistoryBuilder();
  readonly #keys = new UsedKeys();
  #closed = false;

  get eventCount(): number {
    return this.#builder.eventCount;
  }

  get keys(): readonly Key[] {
    return this.#keys.list;
  }

  append(event: UnrecordedEvent): HistoryEvent {
    invariant(!this.#closed, "an event is appended to a recorder that is closed");
    this.#keys.note(event);
    return addNumbered(this.#builder, event);
  }

  flush(): void {}

  close(): void {
    this.#closed = true;
  }

  history(): History {
    return this.#builder.finish();
  }
}

/** Adds an event that the run made, which fits and says nothing that a file could not hold. */
export function addNumbered(builder: HistoryBuilder, event: UnrecordedEvent): HistoryEvent {
  const index = builder.eventCount;
  invariant(
    Number.isSafeInteger(event.time) && event.time >= 0,
    `event ${index} has a time that is no whole number of ns: ${event.time}`,
  );
  const misfit = builder.misfit(event);
  invariant(misfit === undefined, `event ${index} does not fit: ${misfit?.message}`);
  const problem = jsonProblem(event.value) ?? (event.key === undefined ? undefined : jsonProblem(event.key));
  if (problem !== undefined) {
    throw new UsageError({
      code: problem.code,
      message: `${event.f} of process ${event.process} (${event.type}, event ${index}): ${problem.message}`,
      hint: `a client must not return it: ${problem.hint}`,
    });
  }
  builder.add(event satisfies NewEvent);
  return { index, ...event };
}
