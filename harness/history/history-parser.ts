import { UsageError } from "../errors.ts";
import type { History } from "./history.ts";
import { HistoryBuilder } from "./history-builder.ts";
import type { Process } from "./operation.ts";
import { type EventLine, parseEvent, refuse } from "./parse-event.ts";
import { type Warning, Warnings } from "./warnings.ts";

/** A history that was read, and what was odd about it. */
export interface LoadedHistory {
  readonly history: History;
  readonly warnings: readonly Warning[];
}

/**
 * Builds a history from the lines of a file, one after the other. Knows nothing of files, so that it runs anywhere.
 *
 * Beside the errors of {@link parseEvent}, {@link UsageError} `index-not-increasing`, `double-invocation`,
 * `completion-without-invocation`, `mismatched-completion`, `empty-history`.
 */
export class HistoryParser {
  readonly #source: string;
  readonly #builder = new HistoryBuilder();
  readonly #warnings = new Warnings();
  /** Processes that an `info` has ended. */
  readonly #over = new Set<Process>();
  #line = 0;
  #lastIndex = -1;
  #lastTime = -1;

  /** `source`: what the input is called in messages. */
  constructor(source: string) {
    this.#source = source;
  }

  /** How many lines there were so far. */
  get lines(): number {
    return this.#line;
  }

  /** The next line, without its line feed. Blank lines count, and mean nothing. */
  line(text: string): void {
    this.#line++;
    const content = this.#line === 1 && text.startsWith("\ufeff") ? text.slice(1) : text;
    // Nearly every line starts with a brace: looking at one character saves a pass over the rest.
    if (content.charCodeAt(0) !== 0x7b && content.trim() === "") return;
    this.#add(parseEvent(content, { source: this.#source, line: this.#line }));
  }

  /** What stands after the last line feed. A run that was killed leaves half a line there: it is left out. */
  unterminatedLine(text: string): void {
    if (isHalfAnObject(text)) {
      this.#line++;
      this.warn("truncated-line", "the last line is cut off, as a killed run leaves it, and was left out");
    } else if (text !== "") this.line(text);
  }

  /** Notes something about the whole input. */
  warn(code: string, message: string): void {
    this.#warnings.add(code, this.#line, () => `${this.#source}: ${message}`);
  }

  finish(): LoadedHistory {
    if (this.#builder.eventCount === 0) {
      throw new UsageError({
        code: "empty-history",
        message: `${this.#source} holds no event (${this.#line} line${this.#line === 1 ? "" : "s"})`,
        hint: "a history has at least one operation: was the run killed before it began?",
      });
    }
    return { history: this.#builder.finish(), warnings: this.#warnings.list() };
  }

  #add(event: EventLine): void {
    this.#checkIndex(event.index);
    const misfit = this.#builder.misfit(event);
    if (misfit !== undefined) {
      throw refuse(
        { source: this.#source, line: this.#line },
        misfit.code,
        misfit.message,
        "a process has one operation at a time: its invocation, then at most one completion",
      );
    }
    const { type, process, f, key, value = null, error, node } = event;
    this.#noteOddities(event);
    this.#builder.add({ time: this.#timeOf(event), type, process, f, key, value, error, node });
  }

  #checkIndex(index: number | undefined): void {
    if (index === undefined) return;
    const expected = this.#lastIndex + 1;
    if (index < expected) {
      throw refuse(
        { source: this.#source, line: this.#line },
        "index-not-increasing",
        `"index" must be above ${this.#lastIndex}, that of the line before, not ${index}`,
        "index is the order of the events: sort the lines by it, or leave it out where line order is right",
      );
    }
    if (index !== expected) {
      this.#warn("index-gap", () => `index ${index} where ${expected} was due: events may be missing`);
    }
    this.#lastIndex = index;
  }

  #timeOf({ time }: EventLine): number {
    if (time === undefined) {
      this.#lastTime += 1;
      return this.#lastTime;
    }
    if (time < this.#lastTime) {
      const before = this.#lastTime;
      this.#warn("time-backwards", () => `time ${time} ns comes after ${before} ns: index order counts`);
    }
    this.#lastTime = time;
    return time;
  }

  #noteOddities({ type, process, value }: EventLine): void {
    if (process === "nemesis") return;
    if (type === "invoke" && this.#over.has(process)) {
      this.#warn(
        "process-after-info",
        () => `process ${process} goes on after an operation that ended in info`,
      );
    }
    if (type === "info") this.#over.add(process);
    if (type === "ok" && value === undefined) {
      this.#warn("missing-value", () => `an ok of process ${process} has no "value", taken as null`);
    }
  }

  #warn(code: string, message: () => string): void {
    this.#warnings.add(code, this.#line, () => `${this.#source}, line ${this.#line}: ${message()}`);
  }
}

/** Reads a whole history from memory. `source`: what the text is called in messages. */
export function readHistoryText(text: string, source: string): LoadedHistory {
  const parser = new HistoryParser(source);
  let start = 0;
  for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", start)) {
    parser.line(text.slice(start, end));
    start = end + 1;
  }
  parser.unterminatedLine(text.slice(start));
  return parser.finish();
}

/** Whether a text begins an object and does not finish it. */
export function isHalfAnObject(text: string): boolean {
  if (!/^\ufeff?\s*\{/.test(text)) return false;
  try {
    JSON.parse(text.replace(/^\ufeff/, ""));
    return false;
  } catch {
    return true;
  }
}
