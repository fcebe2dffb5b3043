import { bringReply } from "../forwarded-requests.ts";
import type { ClientRequest } from "../frame.ts";
import {
  append,
  isPrimary,
  type LogEntry,
  type Message,
  resetViewTimer,
  type Step,
  sendAll,
} from "./viewstamped-replication-state.ts";

// Normal operation (section 4.1). The primary.

/** Gives a request the next op-number, or its answer where it has been executed. */
export function serve(step: Step, origin: string, request: ClientRequest): void {
  const { node } = step;
  if (node.machine.isRead(request) && node.config.bugs.has("primary-reads-alone")) {
    bringReply(step, origin, request, node.machine.read(request));
    return;
  }
  if (node.machine.applied(request)) {
    const reply = node.machine.replyTo(request);
    if (reply !== undefined) bringReply(step, origin, request, reply);
    return;
  }
  if (node.proposed.get(request.client) === request.sequence) return;
  node.proposed.set(request.client, request.sequence);
  const { view, commit } = node;
  const entry: LogEntry = { view, origin, request };
  append(step, [entry]);
  sendAll(step, { type: "Prepare", view, opNumber: node.log.length, entry, commit });
  advanceCommit(step);
}

/** Heard often enough, so that backups know that it is there, and where they should be. */
export function sendCommit(step: Step): void {
  const { view, log, commit } = step.node;
  sendAll(step, { type: "Commit", view, opNumber: log.length, commit });
}

export function onPrepareOk(step: Step, backup: string, { view, opNumber }: Message<"PrepareOk">): void {
  const { node } = step;
  if (!isPrimary(node) || view !== node.view) return;
  node.heard.add(backup);
  node.prepared.set(backup, Math.max(node.prepared.get(backup) ?? 0, opNumber));
  advanceCommit(step);
}

/** Commits what f backups have prepared beside the primary, in order. */
function advanceCommit(step: Step): void {
  const { node } = step;
  const { nodes, bugs } = node.config;
  const quorum = bugs.has("half-prepare") ? Math.max(1, Math.floor(nodes.length / 2)) : node.quorum;
  const reached = [node.log.length, ...node.peers.map((peer) => node.prepared.get(peer) ?? 0)];
  commitUpTo(step, reached.sort((a, b) => b - a)[quorum - 1] as number);
}

// Every replica.

/** Executes what is committed, as far as the log reaches; the primary answers. */
export function commitUpTo(step: Step, commit: number): void {
  const { node } = step;
  while (node.commit < Math.min(commit, node.log.length)) {
    const { origin, request } = node.log[node.commit++] as LogEntry;
    const reply = node.machine.apply(request);
    if (reply !== undefined && isPrimary(node)) bringReply(step, origin, request, reply);
  }
}

// Backups.

export function onPrepare(step: Step, primary: string, message: Message<"Prepare">): void {
  const { node } = step;
  const { view, opNumber, entry, commit } = message;
  if (!follows(step, primary, view)) return;
  const gap = opNumber > node.log.length + 1 && !node.config.bugs.has("prepare-past-gap");
  if (gap) getState(step, primary, view);
  else if (opNumber > node.log.length) append(step, [entry]);
  if (!gap) prepareOk(step, primary);
  commitUpTo(step, commit);
}

export function onCommit(step: Step, primary: string, { view, opNumber, commit }: Message<"Commit">): void {
  const { node } = step;
  if (!follows(step, primary, view)) return;
  if (opNumber > node.log.length) getState(step, primary, view);
  prepareOk(step, primary);
  commitUpTo(step, commit);
}

/** Whether this replica is a backup of the primary in its view; if it was left behind, it asks for what it missed. */
function follows(step: Step, primary: string, view: number): boolean {
  const { node } = step;
  if (node.status === "recovering" || view < node.view) return false;
  if (view > node.view || node.status !== "normal") {
    getState(step, primary, view);
    return false;
  }
  resetViewTimer(step);
  return true;
}

/** All up to its op-number is prepared here. */
export function prepareOk({ node, effects }: Step, primary: string): void {
  effects.send(primary, { type: "PrepareOk", view: node.view, opNumber: node.log.length });
}

/**
 * Asks for what comes after its log, or, for a later view, after what it knows committed: the rest may not have
 * survived. The paper cuts that off at once, and may lose it for good where the answer does not come before the next
 * view change; here it stays until the answer is there.
 */
function getState({ node, effects }: Step, primary: string, view: number): void {
  const same = view === node.view && node.status === "normal";
  effects.send(primary, { type: "GetState", view, opNumber: same ? node.log.length : node.commit });
}
