import type { Operator } from "../frame.ts";
import type { Configuration } from "./sharded-layout.ts";
import type { Handover } from "./sharded-partitions.ts";
import { change } from "./sharded-requests.ts";
import { type Effects, type State, someOf } from "./sharded-state.ts";

/** The timer by which a node looks what is to move. */
export const MOVE = "move";

// How the ring changes while the groups serve.

export function onOperator(node: State, { type, ...operator }: Operator, effects: Effects): void {
  if (type !== "change-membership" || node.council === undefined) return;
  const { members } = operator as Extract<Operator, { type: "change-membership" }>;
  const wanted = node.layout.first.members.filter((each) => members.includes(each));
  if (wanted.length > 0) change(node, node.council, "configure", wanted, effects);
}

/** Whoever leads its group brings partitions to their owners, and its group to the next configuration. */
export function onMove(node: State, effects: Effects): void {
  effects.setTimer(MOVE, node.timeoutNs / 4);
  const { partitions } = node;
  if (!node.own.leads) return;
  for (const { to, handover } of partitions.offers()) {
    effects.send(someOf(node, to, effects), { type: "Offer", handover });
  }
  if (!partitions.settled) return;
  const number = partitions.configuration.number + 1;
  if (node.council !== undefined) adopt(node, node.configurations.at(number), effects);
  else effects.send(someOf(node, 0, effects), { type: "AskConfiguration", number });
}

export function adopt(node: State, next: Configuration | undefined, effects: Effects): void {
  if (next?.number === node.partitions.configuration.number + 1)
    change(node, node.own, "adopt", next, effects);
}

export function onOffer(node: State, from: string, handover: Handover, effects: Effects): void {
  const { partition, number } = handover;
  const { configuration } = node.partitions;
  const status = node.partitions.statusOf(partition);
  if (configuration.number === number && status === "awaited")
    change(node, node.own, "install", handover, effects, String(partition));
  // Later configurations are adopted only when everything is in its place.
  else if (configuration.number >= number) effects.send(from, { type: "Taken", partition, number });
}
