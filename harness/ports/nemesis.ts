import type { Random } from "../clock/random.ts";
import type { Json } from "../history/operation.ts";
import type { CapabilityName, Cluster, Effect } from "./cluster.ts";

/**
 * One kind of fault. It is planned as data, before the run, and carried out from that data alone, so that a recorded
 * schedule can be applied again.
 */
export interface Fault {
  /** The operation that injects it and its name on the command line: `partition`, `kill`, `pause`. */
  readonly name: string;
  /** The operation that takes it back: `heal`, `restart`, `resume`. */
  readonly undo: string;
  readonly description: string;
  readonly capability: CapabilityName;
  /** The shapes it comes in (`partition:bridge`); where the user names none, each time another by chance. */
  readonly variants: readonly string[];
  /** Decides where it strikes. */
  plan(variant: string, nodes: readonly string[], random: Random): Json;
  inject(cluster: Cluster, plan: Json): Promise<Effect>;
  /** Takes back this fault. `plan` is absent at the end of the load, when every node must be well again. */
  revert(cluster: Cluster, plan?: Json): Promise<Effect>;
}

/** One step of a schedule: at this time after the start of the load, do this. */
export interface FaultStep {
  readonly timeNs: number;
  readonly f: string;
  readonly value: Json;
}

/** Every fault of a run, in order of time: data, kept in the manifest. */
export type FaultSchedule = readonly FaultStep[];
