import type { Workload } from "../harness/ports/index.ts";
import { causal } from "./causal.ts";
import { register } from "./register.ts";

/** Every workload, by its name on the command line. */
export const workloads: Readonly<Record<string, Workload>> = { register, causal };
