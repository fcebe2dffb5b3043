import { EVIDENCE_CODES } from "../checkers/evidence-codes.ts";
import type { Target } from "../harness/ports/index.ts";
import { etcd } from "../targets/etcd/target.ts";
import { referenceStore } from "../targets/reference-store/index.ts";

/** Every target, by its name on the command line. */
export const targets: Readonly<Record<string, Target>> = {
  "reference-store": referenceStore,
  etcd,
};

/** What is run where the user names no target: it needs nothing but this process. */
export const DEFAULT_TARGET = "reference-store";

/** The consistency models that can be judged, with what each promises. */
export const consistencies: Readonly<Record<string, string>> = {
  linearizable:
    "every operation takes effect at one instant between its invocation and its completion (Herlihy and Wing 1990)",
};

/** What `--waive` takes. */
export const evidenceCodes: readonly string[] = Object.keys(EVIDENCE_CODES);

export { models } from "../checkers/index.ts";
export { faults } from "../nemesis/index.ts";
export { workloads } from "../workloads/index.ts";
