import { type FormatReader, formatOf, HEAD_LENGTH, type ReadOptions } from "./formats/index.ts";
import { HistoryAssembler, type LoadedHistory } from "./history-assembler.ts";

/**
 * Reads the text of a file in whatever format it is: the beginning tells. Knows nothing of files, so that it runs
 * anywhere.
 *
 * Errors: those of the format.
 */
export class TextReader {
  readonly #assembler: HistoryAssembler;
  readonly #options: ReadOptions;
  #head = "";
  #reader: FormatReader | undefined;

  /** `source`: what the input is called in messages. */
  constructor(source: string, options: ReadOptions = {}) {
    this.#assembler = new HistoryAssembler(source);
    this.#options = options;
  }

  /** The line, from 1, on which the text that was pushed so far ends. */
  get line(): number {
    return this.#reader?.line ?? this.#head.split("\n").length;
  }

  push(text: string): void {
    if (this.#reader !== undefined) {
      this.#reader.push(text);
      return;
    }
    this.#head += text;
    if (this.#head.length >= HEAD_LENGTH) this.#start();
  }

  /** Notes something about the whole input. */
  warn(code: string, message: string): void {
    this.#assembler.warn(code, this.line, () => `${this.#assembler.source}: ${message}`);
  }

  finish(): LoadedHistory {
    return (this.#reader ?? this.#start()).end();
  }

  #start(): FormatReader {
    const reader = formatOf(this.#head).reader(this.#assembler, this.#options);
    this.#reader = reader;
    reader.push(this.#head);
    this.#head = "";
    return reader;
  }
}

/** Reads a whole history from memory. `source`: what the text is called in messages. */
export function readHistoryText(text: string, source: string, options: ReadOptions = {}): LoadedHistory {
  const reader = new TextReader(source, options);
  reader.push(text);
  return reader.finish();
}
