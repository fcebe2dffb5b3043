import type { Json } from "../../harness/history/index.ts";
import type { BareEvent } from "./history-of.ts";

/**
 * The events of a history, told one by one: `0 read` invokes, `0 ok 3` completes what process 0 has open. A value stands
 * at the end; a completion without one repeats that of the invocation.
 *
 *     told("0 append 1", "1 read", "0 ok [1,0]", "1 ok [1]")
 */
export function told(...lines: readonly string[]): BareEvent[] {
  const open = new Map<number, BareEvent>();
  return lines.map((line): BareEvent => {
    const [, name, word, rest] = /^(\d+) (\S+) ?(.*)$/.exec(line) ?? [];
    const process = Number(name);
    const value: Json | undefined = rest === "" ? undefined : JSON.parse(rest as string);
    if (word !== "ok" && word !== "fail" && word !== "info") {
      const invocation: BareEvent = { type: "invoke", process, f: word as string, value: value ?? null };
      open.set(process, invocation);
      return invocation;
    }
    const invocation = open.get(process);
    if (invocation === undefined) throw new Error(`process ${process} has nothing open: ${line}`);
    return { ...invocation, type: word, value: value ?? invocation.value };
  });
}
