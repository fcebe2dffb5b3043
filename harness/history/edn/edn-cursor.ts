import { MAX_VALUE_DEPTH } from "../json-value.ts";
import type { Json } from "../operation.ts";
import { canonicalJson } from "../value-table.ts";
import { CharClass, charClasses } from "./char-class.ts";
import { type DistinctTexts, ednSpelling, type TextKind } from "./distinct-texts.ts";
import { EdnError, EdnIncomplete } from "./edn-error.ts";
import { ednNumber } from "./edn-number.ts";
import { readEdnString } from "./edn-string.ts";
import { TokenTable } from "./token-table.ts";

/** A tuple in a history is one level more than its value. */
const MAX_DEPTH = MAX_VALUE_DEPTH + 2;
const INCOMPLETE = new EdnIncomplete("the text ends inside a form");
const CHARACTERS: Readonly<Record<string, string>> = {
  newline: "\n",
  return: "\r",
  space: " ",
  tab: "\t",
  formfeed: "\f",
  backspace: "\b",
};
const MALFORMED = "malformed-edn";

/**
 * Reads EDN (github.com/edn-format/edn), with the metadata and the namespaced maps that Clojure prints beside it, as
 * JSON values. Vectors, lists and sets become arrays (sets sorted), keywords and symbols strings without the colon,
 * records and other tagged values `{"#tag": value}`. What would make two different values one is refused.
 *
 * Cost: one pass over the characters; no object beside the values.
 *
 * Errors: {@link EdnError} `malformed-edn`, `value-too-deep`, `values-conflated`; {@link EdnIncomplete} where the text
 * ends inside a form.
 */
export class EdnCursor {
  text = "";
  /** Where the next character to read stands. */
  at = 0;
  /** Whether the text goes no further than this. */
  final = false;
  /** Set where a value holds a set. */
  sawSet = false;
  readonly #texts: DistinctTexts;
  readonly #tokens = new TokenTable();
  /** Above 0 where values are only passed over, so that nothing of them is compared. */
  #ignored = 0;

  constructor(texts: DistinctTexts) {
    this.#texts = texts;
  }

  /** Goes to the next form, over blanks, comments and discarded forms. Its first character, or NaN at the end. */
  next(depth = 0): number {
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (Number.isNaN(code)) return code;
      if (code < 128 && charClasses[code] === CharClass.blank) this.at++;
      else if (code === 0x3b) this.#skipComment();
      else if (code === 0x23 && this.#peek(1) === 0x5f) this.#skipDiscarded(depth);
      else return code;
    }
  }

  /** The next form. */
  value(depth = 0): Json {
    const code = this.next(depth);
    if (Number.isNaN(code)) throw INCOMPLETE;
    if (code >= 0x30 && code <= 0x39) return this.#number();
    const start = this.at;
    switch (code) {
      case 0x3a:
        return this.#text(this.keyword(), "keyword", start);
      case 0x22:
        return this.#text(this.#string(), "string", start);
      case 0x5b:
        return this.#sequence(0x5d, this.#inside(depth));
      case 0x28:
        return this.#sequence(0x29, this.#inside(depth));
      case 0x7b:
        return this.#map("", this.#inside(depth));
      case 0x23:
        return this.#dispatch(this.#inside(depth));
      case 0x5c:
        return this.#text(this.#character(), "character", start);
      case 0x5e:
        this.skipMetadata(this.#inside(depth));
        return this.value(this.#inside(depth));
      case 0x2b:
      case 0x2d: {
        const digit = this.#peek(1);
        return digit >= 0x30 && digit <= 0x39 ? this.#number() : this.#symbol();
      }
      default:
        return this.#symbol();
    }
  }

  /** The next form where only its look counts: nothing of it is compared with other values. */
  loose(depth = 0): Json {
    this.#ignored++;
    try {
      return this.value(depth);
    } finally {
      this.#ignored--;
    }
  }

  /** A keyword, without its colon. */
  keyword(): string {
    const start = this.at + 1;
    if (this.text.charCodeAt(start) === 0x3a && this.#ignored === 0) {
      throw this.malformed("a keyword that begins with two colons means nothing outside its program");
    }
    const name = this.#token(start);
    if (name === "") throw this.malformed("a colon without a keyword", start - 1);
    return name;
  }

  /** Over `^{…}`, `^:word` and their like. */
  skipMetadata(depth: number): void {
    this.at++;
    this.loose(depth);
  }

  /** The tag of a tagged value, without its `#`; the value comes next. */
  tag(): string {
    const start = this.at;
    const tag = this.#token(start + 1);
    if (!isLetter(tag.charCodeAt(0))) {
      this.at = start;
      throw this.malformed(`# before ${this.#excerpt(this.at + 1)} is nothing that EDN knows`);
    }
    return tag;
  }

  /** The error for text that is no EDN, at the cursor unless told otherwise. */
  malformed(message: string, at = this.at): EdnError {
    return new EdnError(MALFORMED, at, message);
  }

  /** What stands at the cursor, for messages. */
  found(): string {
    return this.#excerpt(this.at);
  }

  #inside(depth: number): number {
    if (depth < MAX_DEPTH) return depth + 1;
    throw new EdnError(
      "value-too-deep",
      this.at,
      `a value is nested deeper than ${MAX_VALUE_DEPTH} levels`,
      "record values flat, or as one string",
    );
  }

  #peek(offset: number): number {
    const code = this.text.charCodeAt(this.at + offset);
    if (Number.isNaN(code) && !this.final) throw INCOMPLETE;
    return code;
  }

  #skipComment(): void {
    const end = this.text.indexOf("\n", this.at);
    if (end >= 0) this.at = end + 1;
    else if (this.final) this.at = this.text.length;
    else throw INCOMPLETE;
  }

  #skipDiscarded(depth: number): void {
    const inside = this.#inside(depth);
    this.at += 2;
    const code = this.next(inside);
    if (code === 0x5d || code === 0x29 || code === 0x7d) throw this.malformed("#_ without a form to discard");
    this.loose(inside);
  }

  /** The token from `start` on; the cursor goes behind it. */
  #token(start: number): string {
    const { text } = this;
    let end = start;
    for (;;) {
      const code = text.charCodeAt(end);
      if (code < 128 ? charClasses[code] !== CharClass.token : Number.isNaN(code)) break;
      end++;
    }
    if (end === text.length && !this.final) throw INCOMPLETE;
    this.at = end;
    return this.#tokens.slice(text, start, end);
  }

  #number(): Json {
    const start = this.at;
    const { text } = this;
    let value = 0;
    for (let at = start; ; at++) {
      const code = text.charCodeAt(at);
      if (code >= 0x30 && code <= 0x39 && at - start < 15) value = value * 10 + (code - 0x30);
      else if (code < 128 && charClasses[code] !== CharClass.token && isPlain(text, start, at)) {
        this.at = at;
        return value;
      } else break;
    }
    const token = this.#token(start);
    const number = ednNumber(token);
    if (typeof number === "number") return number;
    if (number !== undefined) return this.#text(number.text, number.kind, start);
    if (this.#ignored > 0) return token;
    throw this.malformed(`${clip(token)} is no number of EDN`, start);
  }

  #symbol(): Json {
    const start = this.at;
    const code = this.text.charCodeAt(start);
    if (code < 128 && charClasses[code] === CharClass.delimiter) {
      throw this.malformed(
        code === 0x5d || code === 0x29 || code === 0x7d
          ? `${this.text[start]} closes nothing that is open here`
          : `${this.text[start]} is nothing that EDN knows`,
      );
    }
    if (code === 0x27) throw this.malformed("' is nothing that EDN knows");
    const token = this.#token(start);
    if (token === "nil") return null;
    if (token === "true") return true;
    if (token === "false") return false;
    if (code < 0x20 || code === 0x7f)
      throw this.malformed(`${JSON.stringify(clip(token))} is no symbol`, start);
    return this.#text(token, "symbol", start);
  }

  #string(): string {
    const read = readEdnString(this.text, this.at, this.#tokens);
    if (read === undefined) throw INCOMPLETE;
    this.at = read.end;
    return read.value;
  }

  #character(): string {
    const start = this.at;
    this.#peek(1);
    // A character may itself be a delimiter, as in \( and \".
    const rest = this.#token(start + 2);
    const name = this.text.slice(start + 1, start + 2) + rest;
    if (name === "" || /^\s/.test(name)) throw this.malformed("a backslash without a character", start);
    if (name.length === 1 || (name.length === 2 && (name.codePointAt(0) as number) > 0xffff)) return name;
    const known = CHARACTERS[name];
    if (known !== undefined && Object.hasOwn(CHARACTERS, name)) return known;
    if (/^u[0-9a-fA-F]{4}$/.test(name)) return String.fromCharCode(Number.parseInt(name.slice(1), 16));
    if (/^o[0-3]?[0-7]{1,2}$/.test(name)) return String.fromCharCode(Number.parseInt(name.slice(1), 8));
    throw this.malformed(`\\${clip(name)} is no character of EDN`, start);
  }

  #sequence(close: number, depth: number): readonly Json[] {
    const items: Json[] = [];
    this.at++;
    for (;;) {
      const code = this.next(depth);
      if (code === close) break;
      if (Number.isNaN(code)) throw INCOMPLETE;
      items.push(this.value(depth));
    }
    this.at++;
    return items;
  }

  #set(depth: number): readonly Json[] {
    const start = this.at;
    const items = this.#sequence(0x7d, depth);
    if (this.#ignored > 0) return items;
    this.sawSet = true;
    const numbers = items.filter((item) => typeof item === "number");
    if (numbers.length === items.length) {
      numbers.sort((a, b) => a - b);
      if (numbers.some((number, at) => at > 0 && number === numbers[at - 1])) throw this.#twice(start - 1);
      return numbers;
    }
    const byText = items.map((item) => ({ item, text: canonicalJson(item) }));
    byText.sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
    if (byText.some(({ text }, at) => at > 0 && text === byText[at - 1]?.text)) throw this.#twice(start - 1);
    return byText.map(({ item }) => item);
  }

  #twice(at: number): EdnError {
    return this.malformed("a set holds the same element twice", at);
  }

  #map(namespace: string, depth: number): Json {
    const start = this.at;
    const members: Record<string, Json> = {};
    this.at++;
    for (;;) {
      const code = this.next(depth);
      if (code === 0x7d) break;
      if (Number.isNaN(code)) throw INCOMPLETE;
      const keyAt = this.at;
      const name = this.#memberName(code, namespace, depth);
      if (this.next(depth) === 0x7d) throw this.malformed(`the key ${clip(name)} has no value`, keyAt);
      if (Object.hasOwn(members, name) && this.#ignored === 0) {
        throw this.malformed(`a map holds the key ${clip(name)} twice`, start);
      }
      const value = this.value(depth);
      // An assignment to this one name would set the prototype.
      if (name === "__proto__") Object.defineProperty(members, name, { value, enumerable: true });
      else members[name] = value;
    }
    this.at++;
    return members;
  }

  #memberName(code: number, namespace: string, depth: number): string {
    const start = this.at;
    if (code === 0x3a) return this.#text(qualified(this.keyword(), namespace), "keyword", start);
    const key = this.value(depth);
    return typeof key === "string" ? key : this.#text(canonicalJson(key), "key", start);
  }

  #dispatch(depth: number): Json {
    const code = this.#peek(1);
    if (code === 0x7b) {
      this.at++;
      return this.#set(depth);
    }
    if (code === 0x23) return this.#symbolicValue();
    if (code === 0x3a) return this.#namespacedMap(depth);
    const start = this.at;
    const tag = this.tag();
    if (isTupleTag(tag)) return this.value(depth);
    const name = this.#text(`#${tag}`, "tag", start);
    return { [name]: this.value(depth) };
  }

  #symbolicValue(): Json {
    const start = this.at;
    const name = this.#token(start + 2);
    if (name !== "Inf" && name !== "-Inf" && name !== "NaN") {
      throw this.malformed(`##${clip(name)} is nothing that EDN knows`, start);
    }
    return this.#text(`##${name}`, "float", start);
  }

  #namespacedMap(depth: number): Json {
    this.at++;
    const namespace = this.keyword();
    if (this.next(depth) !== 0x7b) {
      if (this.at === this.text.length) throw INCOMPLETE;
      throw this.malformed(`#:${clip(namespace)} must be followed by a map`);
    }
    return this.#map(namespace, depth);
  }

  #text(text: string, kind: TextKind, at: number): string {
    if (this.#ignored > 0) return text;
    const other = this.#texts.clash(text, kind);
    if (other === undefined) return text;
    throw new EdnError(
      "values-conflated",
      at,
      `${ednSpelling(text, kind)} cannot be told from ${ednSpelling(text, other)}, which the history holds too`,
      "a history keeps both as the same JSON string; write one of them differently, so that they stay different",
    );
  }

  #excerpt(at: number): string {
    return JSON.stringify(clip(this.text.slice(at, at + 60)));
  }
}

/** Letters of ASCII, and everything beyond it. */
function isLetter(code: number): boolean {
  const lower = code | 0x20;
  return code >= 128 || (lower >= 0x61 && lower <= 0x7a);
}

/** Whether digits have no leading zero, by which other readers mean octal numbers. */
function isPlain(text: string, start: number, end: number): boolean {
  return end === start + 1 || text.charCodeAt(start) !== 0x30;
}

/** `:k` in `#:ns{…}` is `:ns/k`; `:_/k` has no namespace. */
function qualified(name: string, namespace: string): string {
  if (namespace === "") return name;
  if (name.startsWith("_/")) return name.slice(2);
  return name.includes("/") ? name : `${namespace}/${name}`;
}

/** Jepsen itself prints tuples as plain vectors; a tag is what other tools have. */
function isTupleTag(tag: string): boolean {
  return /^jepsen\.independent[./](?:T|t)uple$/.test(tag);
}

function clip(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
