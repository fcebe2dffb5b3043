import { isAscii, isUtf8 } from "node:buffer";
import { UsageError } from "../errors.ts";
import { type HistoryParser, isHalfAnObject } from "./history-parser.ts";

/** A longer line is refused while it is being read: a file without line feeds must not fill the memory. */
export const MAX_LINE_BYTES = 16 * 2 ** 20;

const LINE_FEED = 10;

/**
 * Cuts bytes into the lines of a {@link HistoryParser}. A chunk is decoded in one go, which is several times as fast
 * as line by line. Memory: one chunk and at most {@link MAX_LINE_BYTES} of an unfinished line.
 *
 * Errors: {@link UsageError} `not-text`, `line-too-long`, and those of the parser.
 */
export class LineSplitter {
  readonly #source: string;
  readonly #parser: HistoryParser;
  /** The pieces of the line that has not ended yet. */
  #pieces: Buffer[] = [];
  #pieceBytes = 0;

  constructor(source: string, parser: HistoryParser) {
    this.#source = source;
    this.#parser = parser;
  }

  push(bytes: Uint8Array): void {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#refuseNul(chunk);
    const first = chunk.indexOf(LINE_FEED);
    if (first < 0) {
      this.#keep(chunk);
      return;
    }
    this.#keep(chunk.subarray(0, first));
    this.#parser.line(this.#decode(this.#takePieces()));
    const last = chunk.lastIndexOf(LINE_FEED);
    if (last > first) this.#lines(chunk.subarray(first + 1, last + 1));
    this.#keep(chunk.subarray(last + 1));
  }

  end(): void {
    const rest = this.#takePieces();
    if (rest.length === 0) return;
    // A cut may fall inside a character.
    const text = rest.toString("utf8");
    this.#parser.unterminatedLine(isHalfAnObject(text) ? text : this.#decode(rest));
  }

  #lines(bytes: Buffer): void {
    if (!isUtf8(bytes)) {
      this.#linesOneByOne(bytes);
      return;
    }
    const text = bytes.toString(isAscii(bytes) ? "latin1" : "utf8");
    let start = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", start)) {
      if (end - start > MAX_LINE_BYTES) throw this.#tooLong();
      this.#parser.line(text.slice(start, end));
      start = end + 1;
    }
  }

  /** Some line here is not UTF-8: which one is for the message. */
  #linesOneByOne(bytes: Buffer): void {
    let start = 0;
    for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, start)) {
      this.#parser.line(this.#decode(bytes.subarray(start, end)));
      start = end + 1;
    }
  }

  #keep(piece: Buffer): void {
    this.#pieceBytes += piece.length;
    if (this.#pieceBytes > MAX_LINE_BYTES) throw this.#tooLong();
    if (piece.length > 0) this.#pieces.push(piece);
  }

  #takePieces(): Buffer {
    const line = this.#pieces.length === 1 ? (this.#pieces[0] as Buffer) : Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#pieceBytes = 0;
    return line;
  }

  #decode(line: Buffer): string {
    if (isUtf8(line)) return line.toString("utf8");
    throw this.#notText(this.#parser.lines + 1, "bytes that are not UTF-8");
  }

  #refuseNul(chunk: Buffer): void {
    const nul = chunk.indexOf(0);
    if (nul < 0) return;
    let line = this.#parser.lines + 1;
    for (let at = chunk.indexOf(LINE_FEED); at >= 0 && at < nul; at = chunk.indexOf(LINE_FEED, at + 1))
      line++;
    throw this.#notText(line, "a NUL byte");
  }

  #notText(line: number, found: string): UsageError {
    return new UsageError({
      code: "not-text",
      message: `${this.#source}, line ${line}: expected UTF-8 text, found ${found}`,
      hint: "a history is a text file of JSON lines, plain or gzip; is this the right file?",
    });
  }

  #tooLong(): UsageError {
    return new UsageError({
      code: "line-too-long",
      message: `${this.#source}, line ${this.#parser.lines + 1}: longer than ${MAX_LINE_BYTES / 2 ** 20} MiB`,
      hint: "each event stands on a line of its own; `jq -c '.[]'` turns a JSON array into lines",
    });
  }
}
