import type { Workload } from "../harness/ports/index.ts";
import { countOption } from "./count-option.ts";
import { register } from "./register.ts";

/** As {@link register}, over a few values, so that compare-and-sets meet each other's. As in Maelstrom. */
export const linKv: Workload = {
  ...register,
  name: "lin-kv",
  description: "reads, writes and compare-and-sets of a few values on the keys of a map",
  options: {
    ...register.options,
    values: countOption("how many different values are written; 0: every value of a key is distinct", 5),
  },
};
