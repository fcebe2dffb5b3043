import type { EvidenceExpectations } from "../checkers/judge-evidence.ts";
import type { Manifest } from "../results/manifest.ts";
import { oneOf } from "./parse.ts";
import { workloads } from "./registries.ts";

/**
 * What a run set out to do, by its manifest. One that was interrupted on purpose was to have no recovery phase; one
 * that was killed was, and lacks it.
 */
export function expectationsOf({
  workload,
  faults,
  end,
}: Pick<Manifest, "workload" | "faults" | "end">): EvidenceExpectations {
  const name = oneOf("workload", Object.keys(workloads))(workload, "the manifest's workload");
  return {
    faultKinds: faults.map(({ kind }) => kind),
    operations: workloads[name]?.operations ?? {},
    recovery: end?.interrupted !== true,
  };
}
