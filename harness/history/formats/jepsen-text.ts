import { DistinctTexts } from "../edn/distinct-texts.ts";
import { EdnCursor } from "../edn/edn-cursor.ts";
import type { HistoryAssembler } from "../history-assembler.ts";
import { excerptOf, refuse } from "../parse-event.ts";
import type { FormatReader, HistoryFormat, ReadOptions } from "./format.ts";
import { JepsenEvents } from "./jepsen-events.ts";
import { EXAMPLE, JepsenLine, LINE } from "./jepsen-line.ts";
import { LineCutter } from "./line-cutter.ts";

/** What makes a line one of an operation, wherever it stands. */
const OPERATION = /(?:^|\s)(?:\d+|:\S+)\s+:(?:invoke|ok|fail|info)\s+:?\S/;
/** How a logger introduces what `jepsen.util` says. */
const LOGGED = /\bjepsen\.util(?:\s+-|:)\s+/;

/** Lines for people, which Jepsen keeps beside its EDN; old ones are all that is left of some tests. */
export const jepsenText: HistoryFormat = {
  name: "jepsen-text",
  title: "Jepsen text",
  description:
    "a line an event: process, type, operation, value; Jepsen's history.txt, and logs such as the etcd logs that Porcupine ships",
  example: "0\t:invoke\t:write\t3\nINFO  jepsen.util - 0\t:ok\t:write\t3",
  recognises: (head) =>
    /^\ufeff?\s*[^\s{[(]/.test(head) && head.split("\n").some((line) => OPERATION.test(line)),
  reader: readJepsenText,
};

/** Beside the errors of the assembler and of events, `bad-line`, `malformed-edn`, `line-too-long`. */
function readJepsenText(assembler: HistoryAssembler, options: ReadOptions): FormatReader {
  const { source } = assembler;
  const events = new JepsenEvents(assembler, options);
  const lines = new JepsenLine(new EdnCursor(new DistinctTexts()), source);
  let isLog: boolean | undefined;
  /** Lines before the first operation, which tells whether this is a log, where they may be. */
  const before: { text: string; line: number }[] = [];
  const passOver = (text: string, line: number) => {
    if (isLog === false) {
      const found = `expected process, type, operation and value, found ${excerptOf(text)}`;
      throw refuse({ source, line, example: EXAMPLE }, "bad-line", found);
    }
    assembler.warn(
      "no-operation",
      line,
      () => `${source}, line ${line}: no operation, passed over: ${excerptOf(text)}`,
    );
  };
  const onLine = (text: string, line: number) => {
    const logged = LOGGED.exec(text);
    const said = logged === null ? text : text.slice(logged.index + logged[0].length);
    const isOperation = OPERATION.test(said);
    if (isOperation && isLog === undefined) {
      isLog = logged !== null;
      for (const each of before) passOver(each.text, each.line);
    }
    if (isOperation || (isLog === false && LINE.test(said))) events.add(lines.read(said, line), lines.at);
    else if (said.trim() === "") return;
    else if (isLog === undefined) before.push({ text: clip(text), line });
    else passOver(text, line);
  };
  const cutter = new LineCutter(source, { onLine, hint: "each event stands on a line of its own" });
  return {
    get line() {
      return cutter.lines + 1;
    },
    push: (text) => cutter.push(text),
    end: () => {
      const rest = cutter.rest();
      const line = cutter.lines + 1;
      if (rest !== "") {
        onLine(cutter.lines === 0 ? rest.replace(/^\ufeff/, "") : rest, line);
        const message =
          "the last line has no line feed, and is taken as it stands; a copy that was cut off looks so too";
        assembler.warn("unterminated-line", line, () => `${source}: ${message}`);
      }
      events.end();
      return assembler.finish(jepsenText.name, rest === "" ? cutter.lines : line);
    },
  };
}

function clip(text: string): string {
  return text.slice(0, 100);
}
