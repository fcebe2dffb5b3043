import type { Json, Key } from "../../harness/history/index.ts";
import { FINAL_HEAL } from "../../harness/ports/nemesis.ts";
import type { BareEvent } from "./history-of.ts";

/**
 * The events of clients of a store with several nodes, a line an operation or half of one. Processes are numbers, each with
 * the node that answers it.
 *
 *     0@n1 add 1           invoked, and answered with its value
 *     0@n1 read = [1]      invoked, and answered with another
 *     0@n1 add 1 fail      invoked, and failed; or info, and nobody knows
 *     0@n1 add 1 …         invoked; left open until
 *     0 ok = [1]           its completion: ok, fail or info
 *     x: 0@n1 write 1      on the key x
 *     heal                 the final heal of the nemesis
 */
export function storeHistory(text: string): BareEvent[] {
  const open = new Map<number, BareEvent>();
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .flatMap((line): BareEvent[] => {
      if (line === "heal") return healEvents();
      const completion = /^(\d+) (ok|fail|info)(?: = (.+))?$/.exec(line);
      if (completion !== null) return [completionOf(open, completion)];
      const match =
        /^(?:(\S+): )?(\d+)(?:@(\w+))? (\S+)(?: (?!=|…)(.*?))?(?: = (.+?))?(?: (fail|info|…))?$/.exec(line);
      if (match === null) throw new Error(`no line of a history: ${line}`);
      const [, key, process, node, f, given, answer, end] = match;
      const [input, ending] = given === "fail" || given === "info" ? [undefined, given] : [given, end];
      const invocation: BareEvent = {
        type: "invoke",
        process: Number(process),
        f: f as string,
        value: input === undefined ? null : (JSON.parse(input) as Json),
        ...(key === undefined ? {} : { key: key as Key }),
      };
      const completed: BareEvent = {
        ...invocation,
        type: ending === "fail" || ending === "info" ? ending : "ok",
        ...(answer === undefined ? {} : { value: JSON.parse(answer) as Json }),
        ...(node === undefined ? {} : { node }),
      };
      if (ending !== "…") return [invocation, completed];
      open.set(Number(process), completed);
      return [invocation];
    });
}

function completionOf(open: Map<number, BareEvent>, [, process, type, answer]: RegExpExecArray): BareEvent {
  const begun = open.get(Number(process));
  if (begun === undefined) throw new Error(`process ${process} has nothing open`);
  open.delete(Number(process));
  return {
    ...begun,
    type: type as "ok" | "fail" | "info",
    ...(answer === undefined ? {} : { value: JSON.parse(answer) as Json }),
  };
}

function healEvents(): BareEvent[] {
  const heal = { process: "nemesis", f: FINAL_HEAL, value: null } as const;
  return [
    { ...heal, type: "invoke" },
    { ...heal, type: "ok" },
  ];
}
