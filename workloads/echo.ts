import { eachThread, fromFunction, operation } from "../harness/generator/index.ts";
import type { Workload } from "../harness/ports/index.ts";

/** Says something to a node, which answers with the same: `echo` x → x. As in Maelstrom. */
export const echo: Workload = {
  name: "echo",
  description: "says something to a node and hears the same",
  model: "echo",
  operations: { echo: { hasEffect: false } },
  options: {},
  generators: () => ({
    load: fromFunction(({ random }, ordinal) => ({
      f: "echo",
      value: `Please echo ${ordinal} ${random.int(1000)}`,
    })),

    recovery: () => eachThread(operation({ f: "echo", value: "Please echo once more" })),
  }),
};
