import type { Json, Key } from "../../../harness/history/operation.ts";
import { Backlog } from "../backlog.ts";
import { digestOf } from "../digest.ts";
import type { EffectList } from "../effect-list.ts";
import type { ClientRequest, DiskContents, NodeConfig } from "../frame.ts";
import { majority } from "../majority.ts";
import { MerkleTree } from "../merkle-tree.ts";
import { firstSibling, lww, siblings, type Values } from "./quorum-values.ts";

type States = readonly (readonly [key: Key, state: Json])[];

export type QuorumMessage =
  | { readonly type: "Read"; readonly round: string; readonly key: Key }
  | { readonly type: "State"; readonly round: string; readonly state: Json }
  | { readonly type: "Write"; readonly round: string; readonly key: Key; readonly state: Json }
  | { readonly type: "Written"; readonly round: string }
  | { readonly type: "Repair"; readonly key: Key; readonly state: Json }
  /** Hinted handoff: what the receiver did not acknowledge. */
  | {
      readonly type: "Handoff";
      readonly hints: readonly { readonly key: Key; readonly hint: number; readonly state: Json }[];
    }
  | { readonly type: "HandedOff"; readonly hints: readonly (readonly [key: Key, hint: number])[] }
  /** Anti-entropy: digests of a vertex's children; then what is below leaves that differ, and what the other has there. */
  | { readonly type: "Compare"; readonly path: string; readonly children: readonly string[] }
  | {
      readonly type: "Exchange";
      readonly leaves: readonly string[];
      readonly states: States;
      readonly answer: boolean;
    };

export type Message<Type extends QuorumMessage["type"]> = Extract<QuorumMessage, { type: Type }>;
export type Effects = EffectList<QuorumMessage>;

/** One request that this node coordinates. */
export interface Round {
  readonly id: string;
  readonly request: ClientRequest;
  /** What replicas answered to Read, in the order in which they did. */
  readonly states: Map<string, Json>;
  /** What is written, in the second phase: by a write, or back by a read. */
  written: Json | undefined;
  readonly acknowledged: Set<string>;
  /** The client has its answer; what else comes is for repair and hints. */
  answered: boolean;
  ticks: number;
}

export interface QuorumState {
  readonly config: NodeConfig;
  readonly values: Values;
  /** So many replicas are asked by a read, and before a write; so many acknowledge a write. */
  readonly r: number;
  readonly w: number;
  readonly registers: Map<Key, Json>;
  readonly tree: MerkleTree;
  /** What replicas did not acknowledge in time. In memory: what is lost of it, anti-entropy finds. */
  readonly hints: Backlog;
  readonly rounds: Map<string, Round>;
}

const RECORD = "register ";

export function replicaOn(config: NodeConfig, { records }: DiskContents): QuorumState {
  const { id, nodes, options } = config;
  const node: QuorumState = {
    config,
    values: options["conflicts"] === "siblings" ? siblings : lww,
    r: quorumOf(config, options["r"]),
    w: quorumOf(config, options["w"]),
    registers: new Map(),
    tree: new MerkleTree(),
    hints: new Backlog(nodes.filter((other) => other !== id)),
    rounds: new Map(),
  };
  for (const [name, state] of records) hold(node, JSON.parse(name.slice(RECORD.length)) as Key, state);
  return node;
}

function quorumOf({ nodes, bugs }: NodeConfig, size = "majority"): number {
  if (size === "all") return nodes.length;
  if (size !== "majority") return Math.min(nodes.length, Number(size));
  return bugs.has("half-quorum") ? Math.max(1, Math.floor(nodes.length / 2)) : majority(nodes.length);
}

export function stateOf({ registers, values }: QuorumState, key: Key): Json {
  return registers.get(key) ?? values.initial;
}

/** Merges a state in, durably. Cost: O(1) but for large states. */
export function merge(node: QuorumState, key: Key, state: Json, effects: Effects): void {
  const merged = node.values.merge(stateOf(node, key), state);
  replace(node, key, node.config.bugs.has("one-sibling-kept") ? firstSibling(merged) : merged, effects);
}

/** Puts a state in the place of what is there, durably. */
export function replace(node: QuorumState, key: Key, state: Json, effects: Effects): void {
  if (!hold(node, key, state)) return;
  effects.write(RECORD + JSON.stringify(key), state);
  if (!node.config.bugs.has("acknowledged-before-durable")) effects.sync();
}

/** Whether that is anything new. */
function hold({ registers, tree }: QuorumState, key: Key, state: Json): boolean {
  const digest = digestOf(state);
  const before = registers.get(key);
  if (before !== undefined && digestOf(before) === digest) return false;
  registers.set(key, state);
  tree.set(key, digest);
  return true;
}
