import type { EvidenceExpectations } from "../checkers/judge-evidence.ts";
import { operationsOf, type Workload } from "../harness/ports/index.ts";
import type { Manifest } from "../results/manifest.ts";
import { oneOf } from "./parse.ts";
import { workloads } from "./registries.ts";

/**
 * What a run set out to do, by its manifest. One that was interrupted on purpose was to have no recovery phase; one
 * that was killed was, and lacks it. A recorded load asks for no more kinds of operation than it holds.
 */
export function expectationsOf({
  workload: name,
  workloadOptions,
  faults,
  script,
  end,
}: Pick<Manifest, "workload" | "workloadOptions" | "faults" | "script" | "end">): EvidenceExpectations {
  const workload = workloads[oneOf("workload", Object.keys(workloads))(name, "the manifest's workload")];
  const operations = Object.entries(operationsOf(workload as Workload, workloadOptions));
  return {
    faultKinds: faults.map(({ kind }) => kind),
    operations: Object.fromEntries(operations.filter(([f]) => script?.kinds.includes(f) !== false)),
    recovery: end?.interrupted !== true && script?.recovery !== false,
  };
}
