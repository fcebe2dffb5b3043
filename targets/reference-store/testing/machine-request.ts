import type { Json } from "../../../harness/history/operation.ts";
import type { Reply } from "../frame.ts";
import type { StateMachine } from "../state-machine.ts";

/** Asks a state machine, at a time, for one client after another or always the same. */
export function asker(machine: StateMachine) {
  let sequence = 0;
  return (timeNs: number, f: string, value: Json = null, client = "c1", key = "x"): Reply =>
    machine.execute({ client, sequence: ++sequence, f, key, value }, timeNs);
}
