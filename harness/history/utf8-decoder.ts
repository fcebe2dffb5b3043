import { isAscii, isUtf8 } from "node:buffer";
import { UsageError } from "../errors.ts";

const LINE_FEED = 10;
const EMPTY = Buffer.alloc(0);

/** Where decoded text goes. */
interface TextSink {
  push(text: string): void;
  /** The line, from 1, on which the text that was pushed so far ends. */
  readonly line: number;
}

/**
 * Decodes UTF-8 in pieces that may end inside a character. A piece is decoded in one go, which is several times as fast
 * as line by line.
 *
 * Errors: {@link UsageError} `not-text`, with the line.
 */
export class Utf8Decoder {
  readonly #source: string;
  readonly #sink: TextSink;
  /** The bytes of a character that has not ended yet. */
  #rest: Buffer = EMPTY;

  constructor(source: string, sink: TextSink) {
    this.#source = source;
    this.#sink = sink;
  }

  push(bytes: Uint8Array): void {
    const piece = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const chunk = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece]);
    const end = chunk.length - unfinishedBytes(chunk);
    this.#rest = end === chunk.length ? EMPTY : Buffer.from(chunk.subarray(end));
    const whole = chunk.subarray(0, end);
    const nul = whole.indexOf(0);
    if (nul >= 0) throw this.#notText(whole.subarray(0, nul), "a NUL byte");
    if (isAscii(whole)) this.#sink.push(whole.toString("latin1"));
    else if (isUtf8(whole)) this.#sink.push(whole.toString("utf8"));
    else throw this.#notText(validLines(whole), "bytes that are not UTF-8");
  }

  /** There are no more bytes. What a file ends with that was cut inside a character becomes U+FFFD. */
  end(): void {
    if (this.#rest.length > 0) this.#sink.push(this.#rest.toString("utf8"));
  }

  #notText(before: Buffer, found: string): UsageError {
    let line = this.#sink.line;
    for (let at = before.indexOf(LINE_FEED); at >= 0; at = before.indexOf(LINE_FEED, at + 1)) line++;
    return new UsageError({
      code: "not-text",
      message: `${this.#source}, line ${line}: expected UTF-8 text, found ${found}`,
      hint: "a history is a text file, plain or gzip; is this the right file?",
    });
  }
}

/** How many bytes at the end begin a character and do not finish it. */
function unfinishedBytes(bytes: Buffer): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] as number;
    if (byte < 0x80) return 0;
    if (byte < 0xc0) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return length > back ? back : 0;
  }
  return 0;
}

/** The lines before the first that is not UTF-8. */
function validLines(bytes: Buffer): Buffer {
  let start = 0;
  for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, start)) {
    if (!isUtf8(bytes.subarray(start, end))) break;
    start = end + 1;
  }
  return bytes.subarray(0, start);
}
