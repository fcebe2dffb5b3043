import type { EdnCursor } from "../edn/edn-cursor.ts";
import { EdnError, EdnIncomplete } from "../edn/edn-error.ts";
import type { Json, Process } from "../operation.ts";
import { checkEvent, type EventLine, excerptOf, type LinePosition, refuse } from "../parse-event.ts";
import { jepsenError } from "./edn-event.ts";
import type { JepsenEvent } from "./jepsen-events.ts";

/** Process, type, operation, and the rest: value and error. */
export const LINE = /^\s*(\S+)\s+:(\S+)\s+(\S+)(?:\s+(.*\S))?\s*$/;
export const EXAMPLE = "0\t:invoke\t:write\t3";

/** Reads lines `process type operation value error`, as `jepsen.util/op->str` writes them. */
export class JepsenLine {
  readonly #cursor: EdnCursor;
  readonly #at: { source: string; line: number; example: string };
  /** What each open operation asked for. */
  readonly #asked = new Map<string, Json>();

  constructor(cursor: EdnCursor, source: string) {
    this.#cursor = cursor;
    this.#at = { source, line: 0, example: EXAMPLE };
  }

  /** Where the line that was read last stands. */
  get at(): LinePosition {
    return this.#at;
  }

  /** Errors: UsageError `bad-line`, `malformed-edn`, and those of events. */
  read(text: string, line: number): JepsenEvent {
    this.#at.line = line;
    const [, process = "", type = "", f = "", rest = ""] =
      LINE.exec(text) ??
      this.#refuse(`expected process, type, operation and value, found ${excerptOf(text)}`);
    const { value, error, holdsSet } = this.#rest(rest);
    const record = { type, process: processOf(process), f: f.replace(/^:/, ""), value, error };
    const event = checkEvent(record, this.#at);
    return {
      event: event.type === "invoke" ? this.#invoked(event) : this.#completed(event, rest),
      hasKey: false,
      holdsSet,
    };
  }

  #invoked(event: EventLine): EventLine {
    this.#asked.set(String(event.process), event.value ?? null);
    return event;
  }

  /** Where an operation failed, a keyword in the place of its value says why: `:timed-out`. */
  #completed(event: EventLine, rest: string): EventLine {
    const asked = this.#asked.get(String(event.process));
    this.#asked.delete(String(event.process));
    const { type, value, error } = event;
    const tells = (type === "fail" || type === "info") && rest.startsWith(":") && typeof value === "string";
    if (!tells || error !== undefined || asked === undefined || asked === value) return event;
    return { ...event, value: asked, error: { code: value, message: value } };
  }

  /** The value, and behind it the error, which Jepsen prints for people and not for readers. */
  #rest(rest: string): { value: Json | undefined; error: Json | undefined; holdsSet: boolean } {
    const cursor = this.#cursor;
    cursor.text = rest;
    cursor.at = 0;
    cursor.final = true;
    cursor.sawSet = false;
    try {
      const value = Number.isNaN(cursor.next()) ? undefined : cursor.value();
      const after = rest.slice(cursor.at).trim();
      return { value, error: after === "" ? undefined : errorOf(after), holdsSet: cursor.sawSet };
    } catch (error) {
      if (error instanceof EdnError) throw refuse(this.#at, error.code, error.message, error.hint);
      if (!(error instanceof EdnIncomplete)) throw error;
      return this.#refuse(`the value ends before its bracket or quote is closed: ${excerptOf(rest)}`);
    }
  }

  #refuse(message: string): never {
    throw refuse(this.#at, "bad-line", message);
  }
}

function processOf(text: string): Process | string {
  if (text === ":nemesis") return "nemesis";
  return /^\d+$/.test(text) ? Number(text) : text;
}

/** A keyword, a vector that begins with one, or text. */
function errorOf(text: string): Json {
  const code = /^\[?:([^\s\]]+)/.exec(text)?.[1];
  if (code !== undefined) return { code, message: text };
  return jepsenError(text);
}
