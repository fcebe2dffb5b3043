const SLOTS = 4096;
/** Longer tokens are rarely the same twice. */
const MAX_LENGTH = 64;

/**
 * Cuts tokens out of text without making a string for one that was seen lately: a history says `:process` a million
 * times. What it gives out never keeps the text alive that it was cut from.
 */
export class TokenTable {
  readonly #tokens: string[] = new Array<string>(SLOTS).fill("");

  /** `text` from `start` up to `end`. */
  slice(text: string, start: number, end: number): string {
    const length = end - start;
    if (length > MAX_LENGTH) return detached(text.slice(start, end));
    // A few characters tell names apart; all of them would cost more than the string that is saved.
    const first = text.charCodeAt(start);
    const middle = text.charCodeAt(start + (length >> 1));
    const last = text.charCodeAt(end - 1);
    const slot = (first * 31 + middle * 269 + last * 1543 + length * 7) & (SLOTS - 1);
    const known = this.#tokens[slot] as string;
    if (known.length === length && text.startsWith(known, start)) return known;
    const token = detached(text.slice(start, end));
    this.#tokens[slot] = token;
    return token;
  }
}

/** A string of its own: a slice of more than a few characters holds on to the whole text behind it. */
function detached(slice: string): string {
  return slice.length < 13 ? slice : ` ${slice}`.slice(1);
}
