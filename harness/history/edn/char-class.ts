/** What a character does to the token before it, by its code; everything from 128 up is part of a token. */
export const CharClass = { token: 0, blank: 1, delimiter: 2 } as const;

export const charClasses = makeCharClasses();

function makeCharClasses(): Uint8Array {
  const classes = new Uint8Array(128);
  // The control characters that Clojure's reader skips, space and comma.
  for (const code of [9, 10, 11, 12, 13, 28, 29, 30, 31, 32, 44]) classes[code] = CharClass.blank;
  for (const char of '";()[]{}\\^`~@') classes[char.charCodeAt(0)] = CharClass.delimiter;
  return classes;
}
