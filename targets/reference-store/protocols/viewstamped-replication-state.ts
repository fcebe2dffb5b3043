import type { Json } from "../../../harness/history/operation.ts";
import { backoffNs } from "../backoff.ts";
import type { EffectList } from "../effect-list.ts";
import { type ForwardedMessage, ForwardedRequests } from "../forwarded-requests.ts";
import type { ClientRequest, EventContext, NodeConfig } from "../frame.ts";
import { majority } from "../majority.ts";
import { Registers } from "../registers.ts";
import { ReplicatedState } from "../replicated-state.ts";

/** A request in its place in the log, and the view in which it got it; `origin` is the node whose client waits for it. */
export type LogEntry = {
  readonly view: number;
  readonly origin: string;
  readonly request: ClientRequest;
};

export type VrMessage =
  /** Normal operation (section 4.1). */
  | {
      readonly type: "Prepare";
      readonly view: number;
      readonly opNumber: number;
      readonly entry: LogEntry;
      readonly commit: number;
    }
  | { readonly type: "PrepareOk"; readonly view: number; readonly opNumber: number }
  | { readonly type: "Commit"; readonly view: number; readonly opNumber: number; readonly commit: number }
  /** View changes (section 4.2). */
  | { readonly type: "StartViewChange"; readonly view: number }
  | {
      readonly type: "DoViewChange";
      readonly view: number;
      readonly log: readonly LogEntry[];
      readonly lastNormalView: number;
      readonly commit: number;
    }
  | {
      readonly type: "StartView";
      readonly view: number;
      readonly log: readonly LogEntry[];
      readonly commit: number;
    }
  /** Recovery (section 4.3). `state` comes from the primary of the view alone. */
  | { readonly type: "Recovery"; readonly nonce: number }
  | {
      readonly type: "RecoveryResponse";
      readonly view: number;
      readonly nonce: number;
      readonly state: { readonly log: readonly LogEntry[]; readonly commit: number } | null;
    }
  /** State transfer (section 5.2): what comes after `opNumber`. */
  | { readonly type: "GetState"; readonly view: number; readonly opNumber: number }
  | {
      readonly type: "NewState";
      readonly view: number;
      readonly after: number;
      readonly entries: readonly LogEntry[];
      readonly commit: number;
    }
  | ForwardedMessage;

export type Message<Type extends VrMessage["type"]> = Extract<VrMessage, { type: Type }>;

/** A replica, with the names of figure 2 of the paper. `log[0]` has op-number 1. */
export interface VrState {
  readonly config: NodeConfig;
  readonly peers: readonly string[];
  readonly quorum: number;
  readonly forwarded: ForwardedRequests;
  status: "normal" | "view-change" | "recovering";
  view: number;
  /** The latest view in which its status was normal. */
  lastNormalView: number;
  readonly log: LogEntry[];
  /** The op-number up to which all is committed and executed. */
  commit: number;
  readonly machine: ReplicatedState;
  /** View changes since its status was normal. */
  failures: number;
  // The primary: up to where each backup has prepared, whom it heard of late, and whose requests are in the log.
  readonly prepared: Map<string, number>;
  readonly heard: Set<string>;
  readonly proposed: Map<string, number>;
  // A view change.
  readonly startViewChanges: Set<string>;
  readonly doViewChanges: Map<string, Message<"DoViewChange">>;
  // A recovery.
  readonly nonce: number;
  readonly recoveryResponses: Map<string, Message<"RecoveryResponse">>;
}

export type Effects = EffectList<VrMessage>;

/** A replica, and what an event makes it do. */
export type Step = { readonly node: VrState; readonly context: EventContext; readonly effects: Effects };

export const LOG = "log";
export const VIEW = "view";
export const INCARNATION = "incarnation";

export function newState(config: NodeConfig, nonce: number): VrState {
  return {
    config,
    peers: config.nodes.filter((node) => node !== config.id),
    quorum: majority(config.nodes.length),
    forwarded: new ForwardedRequests(config.timeoutNs),
    status: "normal",
    view: 0,
    lastNormalView: 0,
    log: [],
    commit: 0,
    machine: new ReplicatedState(new Registers()),
    failures: 0,
    prepared: new Map(),
    heard: new Set(),
    proposed: new Map(),
    startViewChanges: new Set(),
    doViewChanges: new Map(),
    nonce,
    recoveryResponses: new Map(),
  };
}

export function primaryOf({ config }: VrState, view: number): string {
  return config.nodes[view % config.nodes.length] as string;
}

export function isPrimary(node: VrState): boolean {
  return node.status === "normal" && primaryOf(node, node.view) === node.config.id;
}

export function sendAll({ node, effects }: Step, message: VrMessage): void {
  for (const peer of node.peers) effects.send(peer, message);
}

// What is on the disk, with storage=stable; durable before anyone hears of it.

export function append(step: Step, entries: readonly LogEntry[]): void {
  step.node.log.push(...entries);
  write(step, () => step.effects.append(LOG, entries));
}

/** Makes `log` the log. What agrees with it stays, so that a kill in between takes away nothing that was committed. */
export function replaceLog(step: Step, log: readonly LogEntry[]): void {
  const { node, effects } = step;
  let agreed = 0;
  while (agreed < node.log.length && node.log[agreed]?.view === log[agreed]?.view) agreed++;
  if (agreed < node.log.length) {
    node.log.length = agreed;
    write(step, () => effects.truncate(LOG, agreed));
  }
  if (agreed < log.length) append(step, log.slice(agreed));
}

export function persistView(step: Step): void {
  const { view, lastNormalView } = step.node;
  write(step, () => step.effects.write(VIEW, { view, lastNormalView } satisfies Json));
}

function write({ node, effects }: Step, change: () => void): void {
  if (node.config.options["storage"] !== "stable") return;
  change();
  if (!node.config.bugs.has("ack-before-sync")) effects.sync();
}

// Timers.

/** A silence that grows with every view change that fails, each time another. */
export function resetViewTimer({ node, context, effects }: Step): void {
  effects.setTimer("view", backoffNs(2 * node.config.timeoutNs, node.failures, context.random));
}
