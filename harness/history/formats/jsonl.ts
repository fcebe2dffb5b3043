import { formatEvent } from "../format-event.ts";
import type { HistoryAssembler } from "../history-assembler.ts";
import { type LinePosition, parseEvent } from "../parse-event.ts";
import type { FormatReader, HistoryFormat } from "./format.ts";
import { LineCutter } from "./line-cutter.ts";

/** assay's own format: one JSON object a line, each an event. */
export const jsonl: HistoryFormat = {
  name: "jsonl",
  title: "assay JSON lines",
  description: "one JSON object a line, each an event; what assay records",
  example: `{"type":"invoke","process":0,"f":"write","key":"x","value":3}
{"type":"ok","process":0,"f":"write","key":"x","value":3}`,
  recognises: (head) => /^\ufeff?\s*\{\s*["}]/.test(head),
  reader: readJsonLines,
  formatEvent,
};

/** Beside the errors of the assembler and of {@link parseEvent}, `line-too-long`. */
function readJsonLines(assembler: HistoryAssembler): FormatReader {
  const { source } = assembler;
  const at = { source, line: 0 } satisfies LinePosition;
  const onLine = (text: string, line: number) => {
    // Nearly every line starts with a brace: looking at one character saves a pass over the rest.
    if (text.charCodeAt(0) !== 0x7b && text.trim() === "") return;
    at.line = line;
    assembler.add(parseEvent(text, at), at);
  };
  const cutter = new LineCutter(source, {
    onLine,
    hint: "each event stands on a line of its own; `jq -c '.[]'` turns a JSON array into lines",
  });
  return {
    get line() {
      return cutter.lines + 1;
    },
    push: (text) => cutter.push(text),
    end: () => {
      const rest = cutter.rest();
      const text = cutter.lines === 0 ? rest.replace(/^\ufeff/, "") : rest;
      const line = cutter.lines + 1;
      // A run that was killed leaves half a line at the end.
      if (isHalfAnObject(text)) {
        const message = "the last line is cut off, as a killed run leaves it, and was left out";
        assembler.warn("truncated-line", line, () => `${source}: ${message}`);
      } else if (text !== "") onLine(text, line);
      return assembler.finish(jsonl.name, rest === "" ? cutter.lines : line);
    },
  };
}

/** Whether a text begins an object and does not finish it. */
function isHalfAnObject(text: string): boolean {
  if (!/^\s*\{/.test(text)) return false;
  try {
    JSON.parse(text);
    return false;
  } catch {
    return true;
  }
}
