import type { HistoryAssembler, LoadedHistory } from "../history-assembler.ts";
import type { HistoryEvent } from "../operation.ts";

/** What a reader has to be told where a file does not say it. */
export interface ReadOptions {
  /**
   * Whether values `[key value]` are the tuples of `jepsen.independent`, and the key is taken out of them. Absent: where
   * every operation of a client has one.
   */
  readonly independent?: boolean | undefined;
}

/** Takes the text of one file, piece by piece, and hands its events to a {@link HistoryAssembler}. */
export interface FormatReader {
  /** The line, from 1, on which the text that was pushed so far ends. */
  readonly line: number;
  push(text: string): void;
  /** There is no more text. */
  end(): LoadedHistory;
}

/** One format of history files: help, the reference page and detection come from these records. */
export interface HistoryFormat {
  /** On the command line. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** A few lines of it. */
  readonly example: string;
  /** Whether text that begins so is of this format. */
  recognises(head: string): boolean;
  reader(assembler: HistoryAssembler, options: ReadOptions): FormatReader;
  /** For a format that can be written: one event, line feed included. */
  readonly formatEvent?: (event: HistoryEvent) => string;
}
