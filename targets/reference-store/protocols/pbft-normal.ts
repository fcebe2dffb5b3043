import type { ClientRequest } from "../frame.ts";
import {
  digestOf,
  isPrimary,
  type Message,
  type Operation,
  persistExecuted,
  persistSlot,
  primaryOf,
  type Step,
  sendAll,
  slotAt,
} from "./pbft-state.ts";
import { restartTimer } from "./pbft-timer.ts";

// Normal-case operation (section 4.2).

/** From a client, or from a backup that has it of a client. */
export function onRequest(step: Step, request: ClientRequest): void {
  const { node, effects } = step;
  if (node.machine.isRead(request) && node.config.bugs.has("reads-unordered")) {
    effects.reply(request, node.machine.read(request));
    return;
  }
  if (node.machine.applied(request)) {
    const reply = node.machine.replyTo(request);
    if (reply !== undefined) effects.reply(request, reply);
    return;
  }
  if ((node.requests.get(request.client)?.sequence ?? 0) > request.sequence) return;
  node.requests.set(request.client, request);
  if (!node.timerRuns) restartTimer(step);
  propose(step);
}

/** The primary gives every request a sequence number. */
export function propose(step: Step): void {
  const { node } = step;
  if (!isPrimary(node)) return;
  for (const request of node.requests.values()) {
    if (node.proposed.get(request.client) === request.sequence) continue;
    node.proposed.set(request.client, request.sequence);
    const { view } = node;
    const sequence = node.nextSequence++;
    accept(step, sequence, request);
    sendAll(step, { type: "PrePrepare", view, sequence, operation: request });
    advance(step, sequence);
  }
}

export function onPrePrepare(step: Step, primary: string, message: Message<"PrePrepare">): void {
  const { node } = step;
  const { view, sequence, operation } = message;
  if (!node.active || view !== node.view || primary !== primaryOf(node, view)) return;
  const slot = slotAt(node, sequence);
  if (slot.view < view) {
    accept(step, sequence, operation);
    sendAll(step, { type: "Prepare", view, sequence, digest: digestOf(operation) });
  }
  // The pre-prepare is the primary's own vote.
  slot.prepares.set(primary, { view, digest: digestOf(operation) });
  advance(step, sequence);
}

/** Takes the operation for this sequence number in this view, and no other one in the same view, ever. */
export function accept(step: Step, sequence: number, operation: Operation): void {
  const { node } = step;
  const slot = slotAt(node, sequence);
  slot.view = node.view;
  slot.operation = operation;
  persistSlot(step, sequence);
  slot.prepares.set(node.config.id, { view: node.view, digest: digestOf(operation) });
}

export function onVote(step: Step, from: string, message: Message<"Prepare" | "Commit">): void {
  const { node } = step;
  const { type, view, sequence, digest } = message;
  const slot = slotAt(node, sequence);
  const votes = type === "Prepare" ? slot.prepares : slot.commits;
  if ((votes.get(from)?.view ?? -1) >= view) return;
  votes.set(from, { view, digest });
  if (node.active && view === node.view) advance(step, sequence);
}

/** Commits when a quorum has prepared, and executes when a quorum commits. */
export function advance(step: Step, sequence: number): void {
  const { node } = step;
  const { id, bugs } = node.config;
  const slot = slotAt(node, sequence);
  const { view, operation } = slot;
  if (view !== node.view) return;
  const digest = digestOf(operation);
  const votersOf = (votes: typeof slot.prepares) =>
    [...votes]
      .filter(([, vote]) => vote.view === view && (vote.digest === digest || bugs.has("any-digest")))
      .map(([replica]) => replica);
  if (slot.commits.get(id)?.view !== view) {
    const by = votersOf(slot.prepares);
    if (by.length < node.quorum && !bugs.has("skip-prepare")) return;
    if (by.length >= node.quorum) slot.prepared = { view, sequence, operation, by };
    persistSlot(step, sequence);
    slot.commits.set(id, { view, digest });
    sendAll(step, { type: "Commit", view, sequence, digest });
  }
  if (votersOf(slot.commits).length >= node.quorum) commit(step, sequence, operation);
}

/** Executes what is committed, in order, and answers the clients. */
export function commit(step: Step, sequence: number, operation: Operation): void {
  const { node, effects } = step;
  if (sequence <= node.log.length) return;
  node.committed.set(sequence, operation);
  for (;;) {
    const next = node.committed.get(node.log.length + 1);
    if (next === undefined) return;
    node.log.push(next);
    node.committed.delete(node.log.length);
    persistExecuted(step, next);
    node.failures = 0;
    if (next !== null) {
      const reply = node.machine.apply(next);
      if (reply !== undefined) effects.reply(next, reply);
      const waiting = node.requests.get(next.client);
      if (waiting !== undefined && node.machine.applied(waiting)) node.requests.delete(next.client);
    }
    restartTimer(step);
  }
}
