import type { Json } from "../../../harness/history/operation.ts";
import type { ClientRequest } from "../frame.ts";
import type { ListOperation, Lists } from "../lists.ts";
import type { LoggedEffects } from "../logged-node.ts";

/** A saga on its way from node to node, where nobody orchestrates it. */
export type Course = {
  readonly saga: string;
  /** The node whose client waits, and for what. */
  readonly origin: string;
  readonly client: string;
  readonly sequence: number;
  readonly operations: readonly ListOperation[];
  /** What its reads saw so far, by their places. */
  readonly reads: readonly (readonly [place: number, list: readonly Json[]])[];
  /** `forward`: do the step at this place. `back`: a later one was refused; compensate this. `end`: tell the client. */
  readonly direction: "forward" | "back" | "end";
  readonly at: number;
};

type OfStep = { readonly saga: string; readonly step: number };

export type Message =
  // Orchestrated.
  | ({ readonly type: "Do" | "Undo"; readonly operation: ListOperation } & OfStep)
  | ({ readonly type: "Done"; readonly list: readonly Json[] } & OfStep)
  | ({ readonly type: "Refused" | "Undone" } & OfStep)
  // Choreographed.
  | { readonly type: "Event"; readonly course: Course }
  /** The event with this name is handled, durably. */
  | { readonly type: "Received"; readonly event: string };

/** What is in a node's log. */
export type LogRecord =
  // Of an orchestrator. What has begun and neither committed nor ended is to be compensated.
  | { readonly type: "begun"; readonly saga: string; readonly operations: readonly ListOperation[] }
  | { readonly type: "committed" | "ended"; readonly saga: string }
  // Of a participant.
  | { readonly type: "done" | "undone"; readonly step: string; readonly operation: ListOperation }
  // Of a choreography: what the event changed here, and who is to hear of it next.
  | {
      readonly type: "handled";
      readonly event: string;
      readonly next: Onward;
      readonly change: Change | null;
    }
  | { readonly type: "received"; readonly event: string };

type Change = { readonly type: "done" | "undone"; readonly operation: ListOperation };

/** An event that a node owes to another one. */
export type Onward = { readonly to: string; readonly course: Course };

/** A saga that this node orchestrates. */
export interface Running {
  /** Absent after a restart: nobody waits any more. */
  readonly request: ClientRequest | undefined;
  readonly operations: readonly ListOperation[];
  readonly reads: Map<number, readonly Json[]>;
  direction: "forward" | "back";
  /** The step under way. */
  at: number;
  /** How often it was asked for again. */
  rounds: number;
}

export interface State {
  readonly id: string;
  readonly nodes: readonly string[];
  readonly timeoutNs: number;
  readonly bugs: ReadonlySet<string>;
  readonly style: "orchestrated" | "choreographed";
  /** How probable it is that a step is refused. */
  readonly refusals: number;
  /** The names of this run's sagas begin with it: no two runs of a node have the same. */
  readonly run: string;
  sagas: number;
  readonly lists: Lists;
  readonly running: Map<string, Running>;
  /** Steps that happened here, and such as were compensated, maybe before they could happen. */
  readonly steps: Map<string, "done" | "undone">;
  /** Events that were handled here, by name. */
  readonly handled: Set<string>;
  /** Events that others have not received, by the name of what they follow from. */
  readonly outbox: Map<string, Onward>;
}

export type Effects = LoggedEffects<Message, LogRecord>;

/** How messages leave: to others over the network, to the node itself at once. */
export type Tell = (to: string, message: Message) => void;

/** Does a step here, or takes it back. Steps that only read change nothing. */
export function change(lists: Lists, { type, operation: [f, key, value] }: Change): void {
  if (f === "r") return;
  if (type === "done") lists.append(key, value);
  else lists.retain(key, (element) => element !== value);
}

/** The business rule of this node: chance. Who only looks is never refused. */
export function refuses({ refusals }: State, [f]: ListOperation, { context }: Effects): boolean {
  return f === "append" && context.random.chance(refusals);
}
