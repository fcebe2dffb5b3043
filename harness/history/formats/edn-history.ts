import type { UsageError } from "../../errors.ts";
import { DistinctTexts } from "../edn/distinct-texts.ts";
import { EdnCursor } from "../edn/edn-cursor.ts";
import { EdnError, EdnIncomplete } from "../edn/edn-error.ts";
import type { HistoryAssembler, LoadedHistory } from "../history-assembler.ts";
import { type LinePosition, refuse } from "../parse-event.ts";
import { readEdnEvent } from "./edn-event.ts";
import type { FormatReader, ReadOptions } from "./format.ts";
import { JepsenEvents } from "./jepsen-events.ts";

/** A longer operation is refused while it is being read, so that a bracket never closed cannot fill the memory. */
const MAX_FORM_LENGTH = 16 * 2 ** 20;

const EXAMPLE = "{:type :invoke, :process 0, :f :write, :value 3}";
const CLOSING: Readonly<Record<number, number>> = { 91: 0x5d, 40: 0x29 };
const BYTE_ORDER_MARK = 0xfeff;

/**
 * Reads a history in EDN, piece by piece: one map an event, by themselves or all in one vector or list. Memory: one piece,
 * and what there is of an event that has not ended.
 *
 * Errors: {@link UsageError} `malformed-edn`, `unclosed-form`, `form-too-long`, `values-conflated`, `value-too-deep`,
 * `bad-type` and its like, and those of the assembler.
 */
export class EdnHistory implements FormatReader {
  readonly #assembler: HistoryAssembler;
  readonly #events: JepsenEvents;
  readonly #cursor = new EdnCursor(new DistinctTexts());
  readonly #place: Place;
  readonly #name: string;
  /** Text to wait for before the event under way is tried again, so that a long one costs no square. */
  #awaited = 0;
  /** What closes the vector or list around the events; 0 before the first form, -1 where there is none. */
  #closing = 0;
  #closed = false;
  #endsLine = true;

  constructor(assembler: HistoryAssembler, options: ReadOptions, name: string) {
    this.#assembler = assembler;
    this.#events = new JepsenEvents(assembler, options);
    this.#place = new Place(assembler.source, this.#cursor);
    this.#name = name;
  }

  get line(): number {
    return this.#place.lineOf(this.#cursor.text.length);
  }

  push(text: string): void {
    const cursor = this.#cursor;
    cursor.text += text;
    this.#endsLine = text.endsWith("\n");
    if (cursor.text.length < this.#awaited) return;
    this.#read();
    this.#place.drop(cursor.at);
    this.#awaited = Math.min(2 * cursor.text.length, MAX_FORM_LENGTH + 1);
    if (cursor.text.length > MAX_FORM_LENGTH) throw this.#tooLong();
  }

  end(): LoadedHistory {
    this.#read();
    const isWhole = this.#isOver();
    if (!isWhole) this.#refuseUnclosed();
    if (!isWhole || (this.#closing > 0 && !this.#closed)) this.#warnOfCut();
    this.#events.end();
    return this.#assembler.finish(this.#name, this.line - (this.#endsLine ? 1 : 0));
  }

  /** Reads every event that is whole; the cursor then stands before the first that is not. */
  #read(): void {
    const cursor = this.#cursor;
    let start = cursor.at;
    try {
      for (;;) {
        start = cursor.at;
        const code = cursor.next();
        if (Number.isNaN(code)) return;
        start = cursor.at;
        this.#form(code);
      }
    } catch (error) {
      if (error instanceof EdnIncomplete) cursor.at = start;
      else throw error instanceof EdnError ? this.#place.error(error) : error;
    }
  }

  #form(code: number): void {
    const cursor = this.#cursor;
    if (code === BYTE_ORDER_MARK && this.#closing === 0) {
      cursor.at++;
      return;
    }
    if (this.#closed) {
      throw cursor.malformed(`the history is over, but ${cursor.found()} follows`);
    }
    if (code === 0x5e) {
      cursor.skipMetadata(0);
      return;
    }
    const closing = CLOSING[code];
    if (this.#closing === 0 && closing !== undefined) {
      this.#closing = closing;
      cursor.at++;
    } else if (code === this.#closing) {
      this.#closed = true;
      cursor.at++;
    } else {
      if (this.#closing === 0) this.#closing = -1;
      this.#place.mark();
      this.#events.add(readEdnEvent(cursor, this.#place), this.#place);
    }
  }

  /** Whether nothing follows but blanks and comments. A token at the very end does not count: it may have been cut. */
  #isOver(): boolean {
    const cursor = this.#cursor;
    const start = cursor.at;
    cursor.final = true;
    try {
      return Number.isNaN(cursor.next());
    } catch (error) {
      if (error instanceof EdnIncomplete || error instanceof EdnError) return false;
      throw error;
    } finally {
      cursor.at = start;
    }
  }

  /** A bracket that is never closed takes in all that follows: that is no cut at the end, but events that are lost. */
  #refuseUnclosed(): void {
    const { text, at } = this.#cursor;
    const type = text.indexOf(":type", at);
    if (type < 0 || text.indexOf(":type", type + 5) < 0) return;
    this.#place.mark();
    throw refuse(
      this.#place,
      "unclosed-form",
      "what begins here never ends: a bracket or a quote is not closed, and everything after it is inside",
      "close it; the events behind it would be lost otherwise",
    );
  }

  #warnOfCut(): void {
    const { line } = this;
    const message = "the end is cut off, as a killed run leaves it; everything up to there was read";
    this.#assembler.warn("truncated-form", line, () => `${this.#assembler.source}: ${message}`);
  }

  #tooLong(): UsageError {
    this.#place.mark();
    return refuse(
      this.#place,
      "form-too-long",
      `an event longer than ${MAX_FORM_LENGTH / 2 ** 20} MiB begins here`,
      "each event is a map of its own: is a bracket or a quote not closed?",
    );
  }
}

/** Where the reader is, for messages. Lines are counted when somebody asks, and when text is dropped. */
class Place implements LinePosition {
  readonly source: string;
  readonly example = EXAMPLE;
  readonly #cursor: EdnCursor;
  #marked = 0;
  /** The line on which `#counted` stands, and where that line begins, which may be before the text. */
  #line = 1;
  #lineStart = 0;
  #counted = 0;

  constructor(source: string, cursor: EdnCursor) {
    this.source = source;
    this.#cursor = cursor;
  }

  get line(): number {
    return this.lineOf(this.#marked);
  }

  get column(): number {
    this.lineOf(this.#marked);
    return this.#marked - this.#lineStart + 1;
  }

  /** An event begins at the cursor. */
  mark(): void {
    this.#marked = this.#cursor.at;
  }

  lineOf(at: number): number {
    if (at < this.#counted) return this.#line;
    const { text } = this.#cursor;
    for (
      let feed = text.indexOf("\n", this.#counted);
      feed >= 0 && feed < at;
      feed = text.indexOf("\n", feed + 1)
    ) {
      this.#line++;
      this.#lineStart = feed + 1;
    }
    this.#counted = at;
    return this.#line;
  }

  /** Forgets the text before `at`. */
  drop(at: number): void {
    this.lineOf(at);
    this.#cursor.text = this.#cursor.text.slice(at);
    this.#cursor.at = 0;
    this.#counted = 0;
    this.#marked = 0;
    this.#lineStart -= at;
  }

  error({ at, code, message, hint }: EdnError): UsageError {
    this.#marked = Math.max(at, this.#counted);
    return refuse(this, code, message, hint);
  }
}
