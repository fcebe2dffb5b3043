import type { Random } from "../clock/random.ts";
import type { Json } from "../history/operation.ts";
import type { CapabilityName, Cluster, Effect } from "./cluster.ts";

/** One shape of a fault, as in `partition:bridge`. */
export interface FaultVariant {
  readonly description: string;
  /** With fewer nodes it makes no sense. */
  readonly minNodes: number;
  /** Comes up only where the user names it. */
  readonly onRequest?: true;
  /** Decides where it strikes: data, from which {@link Fault.inject} works. */
  plan(nodes: readonly string[], random: Random): Json;
}

/**
 * One kind of fault. It is planned as data, before the run, and carried out from that data alone, so that a recorded
 * schedule can be applied again. At most one fault of a kind is in force at a time.
 */
export interface Fault {
  /** Its name on the command line and the operation that injects it: `partition`, `kill`, `pause`. */
  readonly name: string;
  /** The operation that takes it back: `heal`, `restart`, `resume`. */
  readonly undo: string;
  /** It is over when it is done, as a change of leaders: nothing stays in force, and no schedule takes it back. */
  readonly momentary?: true;
  /** The store itself takes it back, and must be able to: everything else is taken back first. */
  readonly undoneByStore?: true;
  readonly description: string;
  readonly capability: CapabilityName;
  /** The shapes it comes in; where the user names none, another each time, by chance. */
  readonly variants: Readonly<Record<string, FaultVariant>>;
  inject(cluster: Cluster, plan: Json): Promise<Effect>;
  /** Takes back whatever is in force of this kind; does nothing where nothing is. */
  revert(cluster: Cluster): Promise<Effect>;
}

/** One step of a schedule: at this time after the start of the load, do this. */
export interface FaultStep {
  readonly timeNs: number;
  readonly f: string;
  readonly value: FaultStepValue;
}

/** What a nemesis operation carries: which fault of the schedule, of which kind, striking where. */
export type FaultStepValue = {
  readonly fault: number;
  readonly kind: string;
  readonly plan: Json;
  /** See {@link Fault.momentary}. */
  readonly momentary?: true;
};

/** Every fault of a run, in order of time: data, kept in the manifest. */
export type FaultSchedule = readonly FaultStep[];

/** The operation that takes back every fault at the end of the load. */
export const FINAL_HEAL = "final-heal";
