import type { Random } from "../clock/index.ts";
import type { Recorder } from "../history/recorder.ts";
import type {
  Cluster,
  Completion,
  FaultSchedule,
  Invocation,
  OptionValues,
  Reporter,
  RunObserver,
  Target,
  Workload,
} from "../ports/index.ts";
import type { LoadParameters } from "./load-parameters.ts";
import type { LoadScript } from "./load-script.ts";
import type { StopRequest } from "./stop-request.ts";

/** Everything that a run is a function of. */
export interface RunSetup extends LoadParameters {
  readonly runId: string;
  readonly target: Target;
  readonly targetOptions: OptionValues;
  readonly workload: Workload;
  readonly workloadOptions: OptionValues;
  /** What clients do instead of the workload's load; its rate is its own. */
  readonly script?: LoadScript;
  readonly schedule: FaultSchedule;
  /** Makes what carries out nemesis operations on the started cluster. */
  readonly injector: (cluster: Cluster) => (invocation: Invocation) => Promise<Completion>;
  readonly random: Random;
  readonly recorder: Pick<Recorder, "append" | "flush" | "keys">;
  readonly reporter: Reporter;
  /** The run's own folder; absent where nothing is kept. */
  readonly folder?: string;
  /** Where the nodes' logs are kept; absent where nobody wants them. */
  readonly logsFolder?: string;
  readonly stop: StopRequest;
  /** Watches the run from inside; it changes nothing. */
  readonly observer?: RunObserver;
}
