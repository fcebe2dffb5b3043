import type { Workload } from "../harness/ports/index.ts";
import { append } from "./append.ts";
import { broadcast, gSet } from "./broadcast.ts";
import { causal } from "./causal.ts";
import { counter } from "./counter.ts";
import { echo } from "./echo.ts";
import { linKv } from "./lin-kv.ts";
import { list } from "./list.ts";
import { lock } from "./lock.ts";
import { gCounter, pnCounter } from "./maelstrom-counters.ts";
import { mvRegister, register } from "./register.ts";
import { orSet, set } from "./set.ts";
import { uniqueIds } from "./unique-ids.ts";

/** Every workload, by its name on the command line. */
export const workloads: Readonly<Record<string, Workload>> = {
  register,
  "mv-register": mvRegister,
  causal,
  counter,
  set,
  "or-set": orSet,
  list,
  lock,
  append,
  echo,
  "unique-ids": uniqueIds,
  broadcast,
  "g-set": gSet,
  "g-counter": gCounter,
  "pn-counter": pnCounter,
  "lin-kv": linKv,
};
