import type { EventContext } from "../frame.ts";
import { isLeaf } from "../merkle-tree.ts";
import { type Effects, type Message, merge, type QuorumState, stateOf } from "./quorum-state.ts";

/** Compares what is here with what a replica drawn by chance has, from the root of their Merkle trees down. */
export function compareWithAPeer(node: QuorumState, { random }: EventContext, effects: Effects): void {
  const peers = node.config.nodes.filter((other) => other !== node.config.id);
  if (peers.length === 0) return;
  effects.send(random.pick(peers), { type: "Compare", path: "", children: node.tree.children("") });
}

/** Goes down where digests differ, and at the bottom sends what is there. */
export function onCompare(
  node: QuorumState,
  from: string,
  { path, children }: Message<"Compare">,
  effects: Effects,
): void {
  const differing = node.tree.differing(path, children);
  const leaves = differing.filter(isLeaf);
  for (const child of differing) {
    if (isLeaf(child)) continue;
    effects.send(from, { type: "Compare", path: child, children: node.tree.children(child) });
  }
  if (leaves.length > 0) exchange(node, from, leaves, true, effects);
}

export function onExchange(
  node: QuorumState,
  from: string,
  { leaves, states, answer }: Message<"Exchange">,
  effects: Effects,
): void {
  for (const [key, state] of states) merge(node, key, state, effects);
  if (answer) exchange(node, from, leaves, false, effects);
}

function exchange(
  node: QuorumState,
  to: string,
  leaves: readonly string[],
  answer: boolean,
  effects: Effects,
): void {
  const keys = leaves.flatMap((leaf) => node.tree.keysAt(leaf));
  const states = keys.map((key) => [key, stateOf(node, key)] as const);
  effects.send(to, { type: "Exchange", leaves, states, answer });
}
