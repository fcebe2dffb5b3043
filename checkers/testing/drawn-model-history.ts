import type { Json } from "../../harness/history/index.ts";
import type { BareEvent } from "./history-of.ts";

/** How a bar ends: with an answer, with a failure, with nobody knowing, or never. */
const ENDS = { "|": "ok", x: "fail", "?": "info", ">": undefined } as const;
const BAR = /\|-+ (?<f>[a-z-]+)(?: (?<input>[^→|]+?))?(?: → (?<output>[^|]+?))? -+(?<end>[|x?>])/g;

/**
 * The events of a history of any model, drawn: one line a process, time to the right. Values are JSON.
 *
 *     0  |- enqueue 1 -|      |- dequeue → 1 -|
 *     1     |- enqueue 2 -?      ends: `|` ok, `x` fail, `?` info, `>` never
 *
 * Invocations come before completions in the same column. An operation without an arrow is answered with its value.
 */
export function timeline(drawing: string): BareEvent[] {
  const events: { column: number; event: BareEvent }[] = [];
  for (const line of drawing.split("\n").filter((text) => text.trim() !== "")) {
    const process = Number(/^\s*(\d+)/.exec(line)?.[1]);
    for (const bar of line.matchAll(BAR)) {
      const { f = "", input = "null", output, end } = bar.groups ?? {};
      const asked = JSON.parse(input) as Json;
      const type = ENDS[end as keyof typeof ENDS];
      events.push({ column: bar.index * 2, event: { process, f, type: "invoke", value: asked } });
      if (type === undefined) continue;
      const value = type === "ok" && output !== undefined ? (JSON.parse(output) as Json) : asked;
      events.push({ column: (bar.index + bar[0].length - 1) * 2 + 1, event: { process, f, type, value } });
    }
  }
  return events.sort((a, b) => a.column - b.column).map(({ event }) => event);
}
