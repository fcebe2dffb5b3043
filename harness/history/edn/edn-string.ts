import { EdnError } from "./edn-error.ts";
import type { TokenTable } from "./token-table.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const ESCAPES: Readonly<Record<string, string>> = {
  t: "\t",
  r: "\r",
  n: "\n",
  b: "\b",
  f: "\f",
  '"': '"',
  "\\": "\\",
};

/** The string that begins with the quote at `start`, and where the text goes on; undefined where it does not end. */
export function readEdnString(
  text: string,
  start: number,
  tokens: TokenTable,
): { readonly value: string; readonly end: number } | undefined {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return { value: tokens.slice(text, start + 1, at), end: at + 1 };
    if (code === BACKSLASH) return readEscaped(text, start);
  }
  return undefined;
}

function readEscaped(text: string, start: number): { value: string; end: number } | undefined {
  let value = "";
  let from = start + 1;
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return { value: value + text.slice(from, at), end: at + 1 };
    if (code !== BACKSLASH) continue;
    const escaped = readEscape(text, at);
    if (escaped === undefined) return undefined;
    value += text.slice(from, at) + escaped.char;
    from = escaped.end;
    at = from - 1;
  }
  return undefined;
}

function readEscape(text: string, at: number): { char: string; end: number } | undefined {
  const letter = text[at + 1];
  if (letter === undefined) return undefined;
  const known = Object.hasOwn(ESCAPES, letter) ? ESCAPES[letter] : undefined;
  if (known !== undefined) return { char: known, end: at + 2 };
  const [pattern, radix, from] =
    letter === "u" ? [/^[0-9a-fA-F]{4}/, 16, at + 2] : [/^[0-3]?[0-7]{1,2}/, 8, at + 1];
  const digits = pattern.exec(text.slice(from, from + 4))?.[0];
  if (digits !== undefined) {
    return { char: String.fromCharCode(Number.parseInt(digits, radix)), end: from + digits.length };
  }
  if (letter === "u" && text.length < from + 4) return undefined;
  throw new EdnError("malformed-edn", at, `\\${letter} is no escape in a string of EDN`);
}
