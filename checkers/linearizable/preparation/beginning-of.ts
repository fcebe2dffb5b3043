/** Longer texts are cut: one answer may be a list of all that was ever written. */
const LENGTH = 200;

/** The beginning of whatever stands in a history, or a model gave, as text for an error. */
export function beginningOf(value: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch {
    // A cycle, or a BigInt: its kind says enough.
    text = Object.prototype.toString.call(value);
  }
  text ??= String(value);
  return text.length > LENGTH ? `${text.slice(0, LENGTH)}…` : text;
}
