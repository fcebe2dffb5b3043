import type { Json } from "../../harness/history/index.ts";
import type { BareEvent } from "./history-of.ts";

/** How a bar ends: with an answer, with a failure, with nobody knowing, or never. */
const ENDS = { "|": "ok", x: "fail", "?": "info", ">": undefined } as const;
const BAR = /\|-*(?<f>[a-z]+)(?: (?<value>\w+))?-*(?<end>[|x?>])/g;
/** Operations that are invoked with their value; others are invoked with null and answer it. */
const ASKED_WITH_VALUE = new Set(["enqueue", "push", "insert", "add"]);

/**
 * The events of a history of a container, drawn: one line a process, time to the right.
 *
 *     0  |-push 1-|          |-pop 2---|
 *     1        |-push 2--?     |-peek-|     no value: it was empty, or nobody answered
 *
 * Ends: `|` ok, `x` fail, `?` info, `>` never. Invocations come before completions in the same column.
 */
export function drawnOperations(drawing: string): BareEvent[] {
  const events: { column: number; event: BareEvent }[] = [];
  for (const line of drawing.split("\n").filter((text) => text.trim() !== "")) {
    const process = Number(/^\s*(\d+)/.exec(line)?.[1]);
    for (const bar of line.matchAll(BAR)) {
      const { f = "", value, end } = bar.groups as { f?: string; value?: string; end: keyof typeof ENDS };
      const answer: Json = value === undefined ? null : Number(value);
      const asked = ASKED_WITH_VALUE.has(f) ? answer : null;
      const type = ENDS[end];
      events.push({ column: bar.index * 2, event: { process, f, type: "invoke", value: asked } });
      if (type === undefined) continue;
      const seen = type === "ok" ? answer : asked;
      events.push({
        column: (bar.index + bar[0].length - 1) * 2 + 1,
        event: { process, f, type, value: seen },
      });
    }
  }
  return events.sort((a, b) => a.column - b.column).map(({ event }) => event);
}
