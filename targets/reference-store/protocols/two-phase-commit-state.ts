import type { Json } from "../../../harness/history/operation.ts";
import type { ClientRequest } from "../frame.ts";
import type { ListOperation, Lists, Placed } from "../lists.ts";
import type { LockTable } from "../lock-table.ts";
import type { LoggedEffects } from "../logged-node.ts";

export type Message =
  /** To a participant: lock what these need, and promise to commit. Asked again until there is a vote. */
  | {
      readonly type: "Prepare";
      readonly transaction: string;
      readonly age: number;
      readonly operations: readonly Placed[];
    }
  | {
      readonly type: "Vote";
      readonly transaction: string;
      readonly yes: boolean;
      readonly reads: readonly (readonly [place: number, list: readonly Json[]])[];
    }
  | { readonly type: "Decision"; readonly transaction: string; readonly commit: boolean }
  /** To the coordinator: committed here, durably. */
  | { readonly type: "Acknowledge"; readonly transaction: string }
  /** To the coordinator: what became of it? */
  | { readonly type: "Inquire"; readonly transaction: string };

/** What a participant promised, durably: it can commit, and must not abort, until it knows the decision. */
export type Prepared = {
  readonly type: "prepared";
  readonly transaction: string;
  readonly coordinator: string;
  readonly age: number;
  readonly operations: readonly Placed[];
};

/** What is in a node's log, as coordinator and as participant. */
export type LogRecord =
  | Prepared
  | { readonly type: "committed" | "aborted"; readonly transaction: string }
  /** The coordinator's decision to commit; of one to abort there is no record (presumed abort). */
  | { readonly type: "decided"; readonly transaction: string; readonly participants: readonly string[] }
  /** Everybody has committed: nobody will ask any more. */
  | { readonly type: "ended"; readonly transaction: string };

/** A transaction on which the coordinator has not decided. */
export interface Active {
  readonly request: ClientRequest;
  readonly operations: readonly ListOperation[];
  /** Which of the tries of this request it is. */
  readonly attempt: number;
  readonly age: number;
  readonly parts: ReadonlyMap<string, readonly Placed[]>;
  /** Who voted yes. */
  readonly voted: Set<string>;
  readonly reads: Map<number, readonly Json[]>;
  /** How often it was asked again for votes. */
  rounds: number;
}

export interface State {
  readonly id: string;
  readonly nodes: readonly string[];
  readonly timeoutNs: number;
  readonly bugs: ReadonlySet<string>;
  /** The names of this run's transactions begin with it: no two runs of a node have the same. */
  readonly run: string;
  // As coordinator.
  transactions: number;
  /** A Lamport clock: whoever begins later, as far as this node knows, is younger. */
  clock: number;
  readonly active: Map<string, Active>;
  /** Aborted by conflicts, to be tried again. */
  readonly retries: Map<string, Pick<Active, "request" | "operations" | "attempt" | "age">>;
  /** Committed, with those who have not acknowledged. */
  readonly decided: Map<string, Set<string>>;
  // As participant.
  readonly lists: Lists;
  readonly locks: LockTable;
  /** Wait for their locks. */
  readonly waiting: Map<string, Omit<Prepared, "type">>;
  /** Promised, in doubt until the decision comes; with how long already, in rounds. */
  readonly prepared: Map<string, { readonly promise: Prepared; rounds: number }>;
  /** Committed or aborted here: whatever comes late changes nothing. */
  readonly finished: Set<string>;
}

export type Effects = LoggedEffects<Message, LogRecord>;

/** Applies the appends of a transaction. */
export function apply(lists: Lists, operations: readonly Placed[]): void {
  for (const [, [f, key, value]] of operations) if (f === "append") lists.append(key, value);
}
