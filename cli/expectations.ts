import type { EvidenceExpectations } from "../checkers/judge-evidence.ts";
import type { Workload } from "../harness/ports/index.ts";
import type { Manifest } from "../results/manifest.ts";
import { oneOf } from "./parse.ts";
import { workloads } from "./registries.ts";

/**
 * What a run set out to do, by its manifest. One that was interrupted on purpose was to have no recovery phase; one
 * that was killed was, and lacks it.
 */
export function expectationsOf({
  workload: workloadName,
  workloadOptions,
  faults,
  end,
}: Pick<Manifest, "workload" | "workloadOptions" | "faults" | "end">): EvidenceExpectations {
  const name = oneOf("workload", Object.keys(workloads))(workloadName, "the manifest's workload");
  const workload = workloads[name] as Workload;
  const used = workload.uses?.(workloadOptions) ?? Object.keys(workload.operations);
  return {
    faultKinds: faults.map(({ kind }) => kind),
    operations: Object.fromEntries(Object.entries(workload.operations).filter(([f]) => used.includes(f))),
    recovery: end?.interrupted !== true,
  };
}
