import type { EvidenceExpectations } from "../checkers/judge-evidence.ts";
import { operationsOf, type Workload } from "../harness/ports/index.ts";
import type { Manifest } from "../results/manifest.ts";
import { oneOf } from "./parse.ts";
import { workloads } from "./registries.ts";

/**
 * What a run set out to do, by its manifest. One that was interrupted on purpose was to have no recovery phase; one
 * that was killed was, and lacks it.
 */
export function expectationsOf({
  workload,
  workloadOptions,
  faults,
  end,
}: Pick<Manifest, "workload" | "workloadOptions" | "faults" | "end">): EvidenceExpectations {
  const name = oneOf("workload", Object.keys(workloads))(workload, "the manifest's workload");
  return {
    faultKinds: faults.map(({ kind }) => kind),
    operations: operationsOf(workloads[name] as Workload, workloadOptions),
    recovery: end?.interrupted !== true,
  };
}
