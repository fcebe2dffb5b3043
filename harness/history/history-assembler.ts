import { UsageError } from "../errors.ts";
import type { History } from "./history.ts";
import { HistoryBuilder } from "./history-builder.ts";
import { historyEvents } from "./history-events.ts";
import type { HistoryEvent, Json, Process } from "./operation.ts";
import { type EventLine, type LinePosition, refuse } from "./parse-event.ts";
import { type Warning, Warnings } from "./warnings.ts";

/** A history that was read, and what was odd about it. */
export interface LoadedHistory {
  readonly history: History;
  readonly warnings: readonly Warning[];
  /** The name of the format that it stood in. */
  readonly format: string;
}

/** An event of a file that is ready for the history. */
export interface AssembledEvent extends EventLine {
  /** At a completion: what the operation asked for, where its invocation had left that open. */
  readonly input?: Json;
}

/**
 * Puts the events of a file together to a history, whatever format they came in: the order of indices and times, one
 * operation a process at a time, and warnings about what can be lived with.
 *
 * Errors: {@link UsageError} `index-not-increasing`, `double-invocation`, `completion-without-invocation`,
 * `mismatched-completion`, `empty-history`.
 */
export class HistoryAssembler {
  readonly source: string;
  #builder = new HistoryBuilder();
  readonly #warnings = new Warnings();
  /** Processes that an `info` has ended. */
  readonly #over = new Set<Process>();
  #lastIndex = -1;
  #lastTime = -1;

  /** `source`: what the input is called in messages. */
  constructor(source: string) {
    this.source = source;
  }

  get eventCount(): number {
    return this.#builder.eventCount;
  }

  /** Whether the value stands in an event that was added. Cost: O(size of the value). */
  holds(value: Json): boolean {
    return this.#builder.holds(value);
  }

  add(event: AssembledEvent, at: LinePosition): void {
    this.#checkIndex(event.index, at);
    const misfit = this.#builder.misfit(event);
    if (misfit !== undefined) {
      throw refuse(
        at,
        misfit.code,
        misfit.message,
        "a process has one operation at a time: its invocation, then at most one completion",
      );
    }
    this.#noteOddities(event, at);
    const { type, process, f, key, value = null, error, node, input } = event;
    this.#builder.add({ time: this.#timeOf(event, at), type, process, f, key, value, error, node, input });
  }

  /** Puts another event in the place of each that was added. Cost: O(all of them). */
  rewrite(change: (event: HistoryEvent) => HistoryEvent): void {
    const history = this.#builder.finish();
    this.#builder = new HistoryBuilder();
    for (const event of historyEvents(history)) this.#builder.add(change(event));
  }

  /** Notes something about the input: all of it, or, with a message that says so, one place. */
  warn(code: string, line: number, message: () => string): void {
    this.#warnings.add(code, line, message);
  }

  /** `lines`: how many there were. */
  finish(format: string, lines: number): LoadedHistory {
    if (this.#builder.eventCount === 0) {
      throw new UsageError({
        code: "empty-history",
        message: `${this.source} holds no event (${lines} line${lines === 1 ? "" : "s"})`,
        hint: "a history has at least one operation: was the run killed before it began?",
      });
    }
    return { history: this.#builder.finish(), warnings: this.#warnings.list(), format };
  }

  #checkIndex(index: number | undefined, at: LinePosition): void {
    if (index === undefined) return;
    const expected = this.#lastIndex + 1;
    if (index < expected) {
      throw refuse(
        at,
        "index-not-increasing",
        `"index" must be above ${this.#lastIndex}, that of the event before, not ${index}`,
        "index is the order of the events: sort the lines by it, or leave it out where line order is right",
      );
    }
    if (index !== expected) {
      this.#warnAt("index-gap", at, () => `index ${index} where ${expected} was due: events may be missing`);
    }
    this.#lastIndex = index;
  }

  #timeOf({ time }: EventLine, at: LinePosition): number {
    if (time === undefined) {
      this.#lastTime += 1;
      return this.#lastTime;
    }
    if (time < this.#lastTime) {
      const before = this.#lastTime;
      this.#warnAt(
        "time-backwards",
        at,
        () => `time ${time} ns comes after ${before} ns: index order counts`,
      );
    }
    this.#lastTime = time;
    return time;
  }

  #noteOddities({ type, process, value }: EventLine, at: LinePosition): void {
    if (process === "nemesis") return;
    if (type === "invoke" && this.#over.has(process)) {
      this.#warnAt(
        "process-after-info",
        at,
        () => `process ${process} goes on after an operation that ended in info`,
      );
    }
    if (type === "info") this.#over.add(process);
    if (type === "ok" && value === undefined) {
      this.#warnAt("missing-value", at, () => `an ok of process ${process} has no "value", taken as null`);
    }
  }

  #warnAt(code: string, at: LinePosition, message: () => string): void {
    this.#warnings.add(code, at.line, () => `${this.source}, line ${at.line}: ${message()}`);
  }
}
