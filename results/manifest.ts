import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { MaxStaleness } from "../checkers/consistencies.ts";
import type { FaultSchedule, OptionValues, Reason } from "../harness/ports/index.ts";
import type { LoadParameters } from "../harness/run/load-parameters.ts";

/** What is needed to run a run again, and to check its history again: the content of `manifest.json`. */
export interface Manifest extends LoadParameters {
  /** Version of this format; members may be added within a version. */
  readonly schema: 1;
  readonly runId: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** The arguments after `assay`. */
  readonly command: readonly string[];
  readonly seed: number;
  readonly target: string;
  readonly environment: string;
  readonly targetOptions: OptionValues;
  readonly workload: string;
  readonly workloadOptions: OptionValues;
  readonly model: string;
  readonly consistency: string;
  /** How stale a read may be, where the user said. */
  readonly maxStaleness?: MaxStaleness;
  /** The kinds of fault asked for, each with the variants that might come up. */
  readonly faults: readonly { readonly kind: string; readonly variants: readonly string[] }[];
  /** Every fault, as planned. */
  readonly schedule: FaultSchedule;
  /** Where clients repeat a recorded load, which stands in a file beside this one. */
  readonly script?: ScriptNote;
  /** Evidence that the user does not ask for. */
  readonly waived: readonly string[];
  readonly versions: Readonly<Record<string, string>>;
  /** How the run ended; `null` as long as it has not, and for ever where it was killed. */
  readonly end: {
    /** Whether a signal ended it early. */
    readonly interrupted: boolean;
    /** What broke in the environment while it ran. */
    readonly environmentProblem: Reason | null;
  } | null;
  /** The state of the repository in which the run was started; `null` outside one. */
  readonly git: { readonly commit: string; readonly dirty: boolean } | null;
}

/** What a manifest says of a recorded load. */
export interface ScriptNote {
  /** How many operations it holds, and of which kinds. */
  readonly operations: number;
  readonly kinds: readonly string[];
  /** Whether the workload's final reads follow. */
  readonly recovery: boolean;
}

const execute = promisify(execFile);

/** The state of the git repository around `folder`; `null` where there is none, or no git. */
export async function gitState(folder: string): Promise<Manifest["git"]> {
  try {
    const commit = await execute("git", ["rev-parse", "HEAD"], { cwd: folder });
    const status = await execute("git", ["status", "--porcelain"], { cwd: folder });
    return { commit: commit.stdout.trim(), dirty: status.stdout.trim() !== "" };
  } catch {
    return null;
  }
}
