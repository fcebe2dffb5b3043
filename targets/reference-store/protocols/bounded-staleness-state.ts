import { parseDuration } from "../../../harness/clock/duration.ts";
import { ForwardedRequests } from "../forwarded-requests.ts";
import type { ClientRequest, DiskContents, EventContext, NodeConfig, Reply } from "../frame.ts";
import { Registers } from "../registers.ts";
import { ReplicatedState } from "../replicated-state.ts";

export type StalenessMessage =
  // To the primary.
  | { readonly type: "Write"; readonly request: ClientRequest }
  /** How many updates are there, and which come after the first `position`? Null: nobody wants to have them. */
  | { readonly type: "Poll"; readonly number: number; readonly position: number | null }
  // From the primary.
  | { readonly type: "Done"; readonly client: string; readonly sequence: number; readonly reply: Reply }
  | {
      readonly type: "Updates";
      readonly number: number;
      readonly position: number | null;
      readonly updates: readonly ClientRequest[];
      readonly length: number;
    };

/** A read that a replica cannot answer yet. */
export interface WaitingRead {
  readonly request: ClientRequest;
  /** With a bound in versions: an answer to this poll or a later one tells the primary's length. */
  readonly asked: number;
  /** With a bound in versions: so many updates suffice, once the primary told its length. */
  enough: number | undefined;
  rounds: number;
}

export interface StalenessState {
  readonly id: string;
  readonly primary: string;
  /** How often this node started. */
  readonly starts: number;
  readonly bugs: ReadonlySet<string>;
  /** Absent where versions are counted. */
  readonly deltaNs: number | undefined;
  readonly versions: number;
  readonly intervalNs: number;
  readonly pending: ForwardedRequests;
  readonly machine: ReplicatedState;
  /** The primary's: every update. */
  readonly log: ClientRequest[];
  /** How many updates are applied here. */
  position: number;
  /** Everything that was there at this instant is here: when the last poll that succeeded was sent. */
  freshNs: number | undefined;
  /** Of the last poll or question. None has a number that one before a restart had: its answer may still come. */
  number: number;
  /** When the polls were sent that may still be answered, by number. */
  readonly polls: Map<number, number>;
  /** The primary's length as the last poll told it: what the bug `length-of-last-poll` goes by. */
  knownLength: number;
  readonly waiting: Map<string, WaitingRead>;
}

/** A client's node hands a write to the primary so many times, then tells the client. */
const MOST_ATTEMPTS = 4;

export const DELTA = "100ms";
export const VERSIONS = "3";

/** A node that starts on what its disk holds: the primary's updates, and how often it started. */
export function nodeOn(
  { id, nodes, timeoutNs, bugs, options }: NodeConfig,
  { records, logs }: DiskContents,
  { monotonicNs }: EventContext,
): StalenessState {
  const starts = ((records.get("starts") ?? 0) as number) + 1;
  const deltaNs = options["bound"] === "versions" ? undefined : parseDuration(options["delta"] ?? DELTA);
  const node: StalenessState = {
    id,
    primary: nodes[0] as string,
    starts,
    bugs,
    deltaNs,
    versions: Number(options["versions"] ?? VERSIONS),
    // Half of the bound goes by between polls, and the other half is for polls that are lost.
    intervalNs: Math.min(timeoutNs, (deltaNs ?? Number.POSITIVE_INFINITY) / 2),
    pending: new ForwardedRequests(timeoutNs, MOST_ATTEMPTS),
    machine: new ReplicatedState(new Registers()),
    log: [],
    position: 0,
    freshNs: bugs.has("empty-is-fresh") ? monotonicNs : undefined,
    number: starts * 2 ** 32,
    polls: new Map(),
    knownLength: 0,
    waiting: new Map(),
  };
  for (const request of (logs.get("updates") ?? []) as readonly ClientRequest[]) {
    node.log.push(request);
    applyNext(node, request);
  }
  return node;
}

export function applyNext(node: StalenessState, request: ClientRequest): void {
  node.machine.apply(request);
  node.position++;
}
