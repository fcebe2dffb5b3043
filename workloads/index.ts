import type { Workload } from "../harness/ports/index.ts";
import { causal } from "./causal.ts";
import { counter } from "./counter.ts";
import { list } from "./list.ts";
import { lock } from "./lock.ts";
import { register } from "./register.ts";
import { orSet, set } from "./set.ts";

/** Every workload, by its name on the command line. */
export const workloads: Readonly<Record<string, Workload>> = {
  register,
  causal,
  counter,
  set,
  "or-set": orSet,
  list,
  lock,
};
