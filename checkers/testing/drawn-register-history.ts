import type { Json, Process } from "../../harness/history/index.ts";
import type { BareEvent } from "./history-of.ts";

/** How a bar ends: with an answer, with a failure, with nobody knowing, or never. */
const ENDS = { "|": "ok", x: "fail", "?": "info", ">": undefined } as const;
const BAR = /\|-*(?<f>[rwc])(?<value>[\w:]+)(?:@(?<key>\w+))?-*(?<end>[|x?>])/g;

/**
 * The events of a history of registers, drawn: one line a process, time to the right.
 *
 *     0  |-w1-|      |-r1@x-|     `w` write, `r` read, `c1:2` compare-and-set from 1 to 2; `n` is null, `@x` a key
 *     1     |-w2-x   |-c1:2--?    ends: `|` ok, `x` fail, `?` info, `>` never
 *
 * Invocations come before completions in the same column.
 */
export function drawn(drawing: string): BareEvent[] {
  const events: { column: number; event: BareEvent }[] = [];
  for (const line of drawing.split("\n").filter((text) => text.trim() !== "")) {
    const name = /^\s*(\w+)/.exec(line)?.[1] ?? "";
    const process: Process = name === "nemesis" ? name : Number(name);
    for (const bar of line.matchAll(BAR)) {
      const { f, value, key, end } = bar.groups as {
        f: "r" | "w" | "c";
        value: string;
        key?: string;
        end: string;
      };
      const shared = {
        process,
        f: { r: "read", w: "write", c: "cas" }[f],
        ...(key === undefined ? {} : { key }),
      };
      const answer = f === "c" ? value.split(":").map(parse) : parse(value);
      const type = ENDS[end as keyof typeof ENDS];
      events.push({
        column: bar.index * 2,
        event: { ...shared, type: "invoke", value: f === "r" ? null : answer },
      });
      if (type === undefined) continue;
      const seen = f === "r" && type !== "ok" ? null : answer;
      events.push({
        column: (bar.index + bar[0].length - 1) * 2 + 1,
        event: { ...shared, type, value: seen },
      });
    }
  }
  return events.sort((a, b) => a.column - b.column).map(({ event }) => event);
}

function parse(text: string): Json {
  return text === "n" ? null : Number(text);
}
