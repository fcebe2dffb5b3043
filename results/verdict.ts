import type { Evidence } from "../checkers/evidence.ts";
import type { Stats } from "../checkers/stats.ts";
import type { CheckResult, Validity } from "../harness/ports/index.ts";

/**
 * What a run or a check comes to: the content of `verdict.json`. The validity is the merged one of the checks:
 * invalid over unknown over valid.
 */
export interface Verdict {
  /** Version of this format; members may be added within a version. */
  readonly schema: 1;
  readonly validity: Validity;
  /** The consistency model that was judged, and the model of the data. */
  readonly consistency: string;
  readonly model: string;
  readonly checks: readonly CheckResult[];
  readonly history: {
    readonly operations: number;
    readonly events: number;
    /** Whether a signal ended the run early. */
    readonly interrupted: boolean;
  };
  readonly stats: Stats;
  /** What the run proved; `null` for a history of which only the operations are known. */
  readonly evidence: Evidence | null;
  /** What was odd about the input, without bearing on the verdict. */
  readonly warnings: readonly string[];
}
