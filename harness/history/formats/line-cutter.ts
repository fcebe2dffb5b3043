import { UsageError } from "../../errors.ts";

/** A longer line is refused while it is being read: a file without line feeds must not fill the memory. */
export const MAX_LINE_LENGTH = 16 * 2 ** 20;

/** What is done with each line. */
interface LineSink {
  /** A line without its line feed; `line` counts from 1. */
  readonly onLine: (text: string, line: number) => void;
  readonly hint: string;
}

/**
 * Cuts pieces of text into lines. Memory: one piece and at most {@link MAX_LINE_LENGTH} characters of an unfinished
 * line.
 *
 * Errors: {@link UsageError} `line-too-long`, and those of the sink.
 */
export class LineCutter {
  readonly #source: string;
  readonly #sink: LineSink;
  /** The pieces of the line that has not ended yet. */
  #pieces: string[] = [];
  #pieceLength = 0;
  #lines = 0;

  constructor(source: string, sink: LineSink) {
    this.#source = source;
    this.#sink = sink;
  }

  /** How many lines have ended. */
  get lines(): number {
    return this.#lines;
  }

  push(text: string): void {
    let end = text.indexOf("\n");
    if (end < 0) {
      this.#keep(text);
      return;
    }
    this.#keep(text.slice(0, end));
    this.#emit(this.#takePieces());
    let start = end + 1;
    for (end = text.indexOf("\n", start); end >= 0; end = text.indexOf("\n", start)) {
      if (end - start > MAX_LINE_LENGTH) throw this.#tooLong();
      this.#emit(text.slice(start, end));
      start = end + 1;
    }
    this.#keep(text.slice(start));
  }

  /** What stands after the last line feed. */
  rest(): string {
    return this.#takePieces();
  }

  #emit(text: string): void {
    this.#lines++;
    const first = this.#lines === 1 && text.startsWith("\ufeff");
    this.#sink.onLine(first ? text.slice(1) : text, this.#lines);
  }

  #keep(piece: string): void {
    this.#pieceLength += piece.length;
    if (this.#pieceLength > MAX_LINE_LENGTH) throw this.#tooLong();
    if (piece.length > 0) this.#pieces.push(piece);
  }

  #takePieces(): string {
    const line = this.#pieces.length === 1 ? (this.#pieces[0] as string) : this.#pieces.join("");
    this.#pieces = [];
    this.#pieceLength = 0;
    return line;
  }

  #tooLong(): UsageError {
    return new UsageError({
      code: "line-too-long",
      message: `${this.#source}, line ${this.#lines + 1}: longer than ${MAX_LINE_LENGTH / 2 ** 20} MiB`,
      hint: this.#sink.hint,
    });
  }
}
