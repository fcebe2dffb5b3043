import { EdnHistory } from "./edn-history.ts";
import type { HistoryFormat } from "./format.ts";
import { formatEdnEvent } from "./format-edn-event.ts";

/** Between forms: blanks, commas, comments and a byte order mark. */
const BLANKS = /^(?:[\s,\ufeff]|;[^\n]*(?:\n|$))*/;

/** What Jepsen keeps of a run, and what Knossos and Porcupine ship as test data. */
export const edn: HistoryFormat = {
  name: "edn",
  title: "Jepsen EDN",
  description:
    "one map an event, a line each or all in one vector or list, also as records; Jepsen's history.edn, Knossos' test data, Porcupine's key-value logs",
  example: `{:type :invoke, :process 0, :f :write, :value 3}
{:type :ok, :process 0, :f :write, :value 3}`,
  recognises,
  reader: (assembler, options) => new EdnHistory(assembler, options, "edn"),
  formatEvent: formatEdnEvent,
};

function recognises(head: string): boolean {
  const text = afterBlanks(head);
  switch (text.slice(0, 1)) {
    case "(":
    case "#":
    case "^":
      return true;
    case "{":
      return !/^["}]?$/.test(afterBlanks(text.slice(1))[0] ?? "");
    case "[":
      return holdsForms(afterBlanks(text.slice(1)));
    default:
      return text === "" && head.includes(";");
  }
}

/** Whether a vector holds what events can be, and not what JSON has. */
function holdsForms(inside: string): boolean {
  let text = inside;
  while (text.startsWith("[")) text = afterBlanks(text.slice(1));
  return text.startsWith("{") ? recognises(text) : /^[#^(\]]/.test(text);
}

function afterBlanks(text: string): string {
  return text.slice(BLANKS.exec(text)?.[0].length ?? 0);
}
