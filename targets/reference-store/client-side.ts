import type { Random } from "../../harness/clock/random.ts";
import type { Json, Key } from "../../harness/history/operation.ts";
import type { OptionValues } from "../../harness/ports/options.ts";
import type { Reply } from "./request.ts";

/** What a client sends; the session adds who it is and its number. */
export type Command = {
  readonly f: string;
  readonly key: Key;
  readonly value: Json;
  /** See `ClientRequest.context`. */
  readonly context?: Json;
};

/** What the client's side of a protocol knows of its client. */
export interface ClientConfig {
  readonly client: string;
  /** The node that the load gave to this client. */
  readonly home: string;
  readonly nodes: readonly string[];
  /** Whether it may ask another node for every operation: the store option `sessions=roaming`. */
  readonly roams: boolean;
  readonly timeoutNs: number;
  readonly bugs: ReadonlySet<string>;
  /** The protocol's own options, defaults filled in. */
  readonly options: OptionValues;
  readonly random: Random;
  /** What this client carries from one operation to the next. It outlives connections: they are lost, sessions go on. */
  readonly carried: { context?: Json };
  /** Waits, by the client's clock. */
  readonly sleep: (durationNs: number) => Promise<void>;
}

/**
 * Asks a node. Every question of one operation has the same sequence number, so that one which is asked again counts
 * once, unless `again` makes it a request of its own. Rejects with a `ClientError`: the node is down, the connection
 * was reset, nobody waits any more. A question whose answer nobody awaits may fail unheard.
 */
export type Ask = (node: string, command: Command, numbering?: "same" | "fresh") => Promise<Reply>;

/** The client's side of one operation: the reply, and the node that gave it. */
type Invoke = (command: Command, ask: Ask) => Promise<{ readonly reply: Reply; readonly node: string }>;

/** The client's side of a protocol: makes what one session does for each of its operations, one at a time. */
export type ClientSide = (config: ClientConfig) => Invoke;
