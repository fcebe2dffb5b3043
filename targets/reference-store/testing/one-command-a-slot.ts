import { isDeepStrictEqual } from "node:util";
import type { Json } from "../../../harness/history/operation.ts";

/** What is executed may be compared this far back at each step; the rest did not change. */
const COMPARED = 20;

/** Watches what nodes execute: all the same commands in the same order. Throws where two differ. */
export function oneCommandASlot<Command extends Json>() {
  const commands: Command[] = [];
  return {
    commands: commands as readonly Command[],
    /** `log`: from slot 1 on; the first `executed` of it are executed. */
    observe(node: string, log: readonly Command[], executed = log.length): void {
      if (executed > commands.length) commands.push(...log.slice(commands.length, executed));
      for (let slot = Math.max(0, executed - COMPARED); slot < executed; slot++) {
        if (log[slot] === commands[slot] || isDeepStrictEqual(log[slot], commands[slot])) continue;
        const both = `${JSON.stringify(log[slot])}, another ${JSON.stringify(commands[slot])}`;
        throw new Error(`${node} executed in slot ${slot + 1} ${both}`);
      }
    },
  };
}
