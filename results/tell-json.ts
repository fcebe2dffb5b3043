import type { Json } from "../harness/history/index.ts";

/** A value in a few words, cut where it is long. */
export function tellJson(value: Json, most = 60): string {
  const text = JSON.stringify(value);
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
