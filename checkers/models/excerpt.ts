import type { Json } from "../../harness/history/index.ts";

/** Beyond this many characters a value is cut. */
const LENGTH = 60;

/** A value as JSON on one line; of what is long the beginning, and of a list how much more there is. */
export function excerpt(value: Json): string {
  const text = JSON.stringify(value);
  if (!Array.isArray(value)) return text.length > LENGTH ? `${text.slice(0, LENGTH)}…` : text;
  const shown: string[] = [];
  let length = 0;
  for (const each of value as readonly Json[]) {
    const item = excerpt(each);
    length += item.length + 2;
    if (length > LENGTH && shown.length > 0) break;
    shown.push(item);
  }
  const more = value.length - shown.length;
  return `[${[...shown, ...(more > 0 ? [`… ${more} more`] : [])].join(", ")}]`;
}
