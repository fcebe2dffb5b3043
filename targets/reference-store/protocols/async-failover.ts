import type { Json } from "../../../harness/history/operation.ts";
import type { EffectList } from "../effect-list.ts";
import type { ForwardedRequests } from "../forwarded-requests.ts";
import type { ClientRequest, EventContext, Reply } from "../frame.ts";
import { majority } from "../majority.ts";
import type { ReplicatedState } from "../replicated-state.ts";

/** Which data a node has: the updates of the primary of `epoch`, and of whomever that took over from, up to `position`. */
export type Version = { readonly epoch: number; readonly position: number };

export type AsyncPrimaryMessage =
  | (Version & { readonly type: "Heartbeat" })
  | (Version & { readonly type: "Replicate"; readonly request: ClientRequest })
  /** To the primary: send everything. */
  | { readonly type: "Resync" }
  | (Version & { readonly type: "Snapshot"; readonly data: Json })
  /** I should be the primary of the epoch: this is what I have. */
  | { readonly type: "Propose"; readonly epoch: number; readonly version: Version }
  /** To whoever proposed; where not granted, `epoch` is the newest that this node agreed to. */
  | { readonly type: "Agree"; readonly epoch: number; readonly granted: boolean }
  | { readonly type: "Submit"; readonly request: ClientRequest }
  | { readonly type: "Done"; readonly client: string; readonly sequence: number; readonly reply: Reply };

export interface AsyncPrimaryState {
  readonly id: string;
  readonly others: readonly string[];
  readonly timeoutNs: number;
  readonly bugs: ReadonlySet<string>;
  readonly readsLocally: boolean;
  readonly pending: ForwardedRequests;
  /** The newest epoch whose primary is known. */
  epoch: number;
  primary: string | null;
  /** The newest epoch that this node agreed to. Durable before it is told. */
  agreed: number;
  votes: Set<string>;
  version: Version;
  readonly machine: ReplicatedState;
}

export type Effects = EffectList<AsyncPrimaryMessage>;

export const FAILOVER = "failover";

/** Proposes itself when it hears nothing of the primary. */
export function awaitPrimary(node: AsyncPrimaryState, { random }: EventContext, effects: Effects): void {
  effects.setTimer(FAILOVER, node.timeoutNs * (1 + random.float()));
}

/** Proposes itself for the next epoch; whether it is elected already, being alone. */
export function propose(node: AsyncPrimaryState, context: EventContext, effects: Effects): boolean {
  agreeTo(node, Math.max(node.agreed, node.epoch) + 1, effects);
  node.primary = null;
  node.votes = new Set();
  awaitPrimary(node, context, effects);
  const { agreed: epoch, version } = node;
  for (const other of node.others) effects.send(other, { type: "Propose", epoch, version });
  return countVote(node, node.id);
}

/** Agrees once in an epoch, and to nobody who has less than this node. */
export function onPropose(
  node: AsyncPrimaryState,
  from: string,
  epoch: number,
  version: Version,
  context: EventContext,
  effects: Effects,
): void {
  const granted = epoch > node.agreed && epoch > node.epoch && !isNewer(node.version, version);
  if (granted) {
    agreeTo(node, epoch, effects);
    awaitPrimary(node, context, effects);
  }
  effects.send(from, { type: "Agree", epoch: granted ? epoch : Math.max(node.agreed, node.epoch), granted });
}

export function agreeTo(node: AsyncPrimaryState, epoch: number, effects: Effects): void {
  if (epoch <= node.agreed) return;
  node.agreed = epoch;
  node.votes.clear();
  effects.write("agreed", epoch);
  effects.sync();
}

/** Whether a majority agrees to this node now. */
export function countVote(node: AsyncPrimaryState, voter: string): boolean {
  node.votes.add(voter);
  return node.votes.size >= majority(node.others.length + 1);
}

function isNewer(a: Version, b: Version): boolean {
  return a.epoch > b.epoch || (a.epoch === b.epoch && a.position > b.position);
}
