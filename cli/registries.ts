import type { Target } from "../harness/ports/index.ts";
import { etcd } from "../targets/etcd/target.ts";
import { bin } from "../targets/process/index.ts";
import { referenceStore } from "../targets/reference-store/index.ts";

/** Every target, by its name on the command line. */
export const targets: Readonly<Record<string, Target>> = {
  "reference-store": referenceStore,
  etcd,
  bin,
};

/** What is run where the user names no target: it needs nothing but this process. */
export const DEFAULT_TARGET = "reference-store";

/** What is run where the user names a program of his own. */
export const BIN_TARGET = "bin";

/** What clients do where the user names no workload and the target knows registers. */
export const DEFAULT_WORKLOAD = "register";

export { faults } from "../nemesis/index.ts";
export { workloads } from "../workloads/index.ts";
