import { isDeepStrictEqual } from "node:util";
import type { Json } from "../../../harness/history/operation.ts";

/** What is executed may be compared this far back at each step; the rest did not change. */
const COMPARED = 20;

/** Watches what nodes execute: all the same commands in the same order. Throws where two differ. */
export function oneCommandASlot<Command extends Json>() {
  const commands: Command[] = [];
  return {
    commands: commands as readonly Command[],
    /** `executed`: all that the node executed so far, from slot 1 on. */
    observe(node: string, executed: readonly Command[]): void {
      commands.push(...executed.slice(commands.length));
      for (let slot = Math.max(0, executed.length - COMPARED); slot < executed.length; slot++) {
        if (executed[slot] === commands[slot] || isDeepStrictEqual(executed[slot], commands[slot])) continue;
        const both = `${JSON.stringify(executed[slot])}, another ${JSON.stringify(commands[slot])}`;
        throw new Error(`${node} executed in slot ${slot + 1} ${both}`);
      }
    },
  };
}
