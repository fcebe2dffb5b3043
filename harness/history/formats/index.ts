import { edn } from "./edn.ts";
import type { HistoryFormat } from "./format.ts";
import { jepsenText } from "./jepsen-text.ts";
import { jsonl } from "./jsonl.ts";

export type { FormatReader, HistoryFormat, ReadOptions } from "./format.ts";

/** Every format that is read, and tried in this order on the beginning of a file. */
export const formats: readonly HistoryFormat[] = [jsonl, edn, jepsenText];

/** How many characters of a file are looked at to tell its format. */
export const HEAD_LENGTH = 64 * 1024;

/** The format of text that begins so. What is none of them is read as JSON lines, and refused with what stands there. */
export function formatOf(head: string): HistoryFormat {
  return formats.find((format) => format.recognises(head)) ?? jsonl;
}
