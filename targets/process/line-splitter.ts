/** Where lines go. */
export interface LineSink {
  /** A line without its end; `number` counts from 1. */
  line(text: string, number: number): void;
  /** A line grew beyond the limit; nothing comes after that. */
  tooLong(start: string, number: number): void;
}

/** How much of a line that is too long is told. */
const START_BYTES = 200;

/**
 * Cuts a stream of bytes into lines of UTF-8 that end in LF or CR LF. A rest without an end is no line: who wrote it was cut
 * short. Cost: O(bytes); memory is bounded by the longest line.
 */
export class LineSplitter {
  readonly #maxBytes: number;
  readonly #sink: LineSink;
  #rest: Uint8Array[] = [];
  #restBytes = 0;
  #lines = 0;
  #over = false;

  constructor(maxBytes: number, sink: LineSink) {
    this.#maxBytes = maxBytes;
    this.#sink = sink;
  }

  push(chunk: Uint8Array): void {
    let from = 0;
    while (!this.#over) {
      const end = chunk.indexOf(0x0a, from);
      this.#keep(chunk.subarray(from, end < 0 ? chunk.length : end));
      if (this.#restBytes > this.#maxBytes) {
        this.#over = true;
        this.#sink.tooLong(Buffer.concat(this.#rest).toString("utf8", 0, START_BYTES), this.#lines + 1);
        this.#rest = [];
        return;
      }
      if (end < 0) return;
      this.#emit();
      from = end + 1;
    }
  }

  #keep(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#rest.push(bytes);
    this.#restBytes += bytes.length;
  }

  #emit(): void {
    const text = Buffer.concat(this.#rest, this.#restBytes).toString("utf8");
    this.#rest = [];
    this.#restBytes = 0;
    this.#sink.line(text.endsWith("\r") ? text.slice(0, -1) : text, ++this.#lines);
  }
}
