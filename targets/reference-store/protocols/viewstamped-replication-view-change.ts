import { commitUpTo, prepareOk, sendCommit } from "./viewstamped-replication-normal.ts";
import {
  type Message,
  persistView,
  primaryOf,
  replaceLog,
  resetViewTimer,
  type Step,
  sendAll,
} from "./viewstamped-replication-state.ts";

// View changes (section 4.2).

/** Goes on to a view, whose primary is to start it when a majority is there. */
export function startViewChange(step: Step, view: number): void {
  const { node, effects } = step;
  effects.log(`changes from view ${node.view} to view ${view}`);
  node.status = "view-change";
  node.view = view;
  node.failures++;
  node.startViewChanges.clear();
  node.startViewChanges.add(node.config.id);
  node.doViewChanges.clear();
  persistView(step);
  for (const timer of ["commit", "quorum"]) effects.cancelTimer(timer);
  effects.setTimer("insist", node.config.timeoutNs);
  resetViewTimer(step);
  insist(step);
}

/** Says again what this view change needs. */
export function insist(step: Step): void {
  sendAll(step, { type: "StartViewChange", view: step.node.view });
  doViewChange(step);
}

export function onStartViewChange(
  step: Step,
  from: string,
  { view }: Pick<Message<"StartViewChange">, "view">,
): void {
  const { node } = step;
  if (view < node.view) return;
  if (view > node.view) startViewChange(step, view);
  if (node.status === "normal") {
    // It missed the start of this view.
    sendStartView(step, from);
    return;
  }
  const enough = node.startViewChanges.size >= node.quorum;
  node.startViewChanges.add(from);
  if (!enough) doViewChange(step);
}

/** To the new primary, once enough replicas have left the old view for it to do nothing more. */
function doViewChange(step: Step): void {
  const { node, effects } = step;
  const { view, lastNormalView, commit } = node;
  if (node.startViewChanges.size < node.quorum) return;
  const message = { type: "DoViewChange", view, log: [...node.log], lastNormalView, commit } as const;
  const primary = primaryOf(node, view);
  if (primary === node.config.id) onDoViewChange(step, primary, message);
  else effects.send(primary, message);
}

export function onDoViewChange(step: Step, from: string, message: Message<"DoViewChange">): void {
  const { node } = step;
  const { bugs, id, nodes } = node.config;
  if (message.view < node.view) return;
  if (message.view > node.view) startViewChange(step, message.view);
  if (node.status === "normal") {
    sendStartView(step, from);
    return;
  }
  node.doViewChanges.set(from, message);
  const half = Math.max(1, Math.floor(nodes.length / 2));
  const quorum = bugs.has("half-view-change") ? half : node.quorum;
  if (node.doViewChanges.size < quorum || !node.doViewChanges.has(id)) return;
  const told = [...node.doViewChanges.values()];
  // The log of the latest view; of equal ones the longest.
  const best = told.reduce((a, b) => {
    if (a.lastNormalView !== b.lastNormalView) return a.lastNormalView > b.lastNormalView ? a : b;
    return a.log.length >= b.log.length ? a : b;
  });
  const log = bugs.has("own-log") ? node.log : best.log;
  startView(step, log, Math.max(...told.map(({ commit }) => commit)));
}

/** The new primary begins its view. */
function startView(step: Step, log: readonly Message<"StartView">["log"][number][], commit: number): void {
  const { node, effects } = step;
  becomeNormal(step, node.view, log);
  node.prepared.clear();
  node.proposed.clear();
  for (const peer of node.peers) sendStartView(step, peer);
  effects.cancelTimer("view");
  effects.setTimer("commit", node.config.timeoutNs / 4);
  effects.setTimer("quorum", 2 * node.config.timeoutNs);
  commitUpTo(step, Math.min(commit, log.length));
  sendCommit(step);
}

function sendStartView({ node, effects }: Step, to: string): void {
  if (primaryOf(node, node.view) !== node.config.id) return;
  effects.send(to, { type: "StartView", view: node.view, log: [...node.log], commit: node.commit });
}

export function onStartView(step: Step, primary: string, { view, log, commit }: Message<"StartView">): void {
  const { node } = step;
  if (view < node.view || (view === node.view && node.status === "normal")) return;
  becomeNormal(step, view, log);
  prepareOk(step, primary);
  commitUpTo(step, commit);
}

/** Is in a view, with its log. */
export function becomeNormal(
  step: Step,
  view: number,
  log: readonly Message<"StartView">["log"][number][],
): void {
  const { node, effects } = step;
  node.status = "normal";
  node.view = view;
  node.lastNormalView = view;
  node.failures = 0;
  replaceLog(step, log);
  persistView(step);
  effects.log(`normal in view ${view} with ${log.length} log entries`);
  for (const timer of ["insist", "recovery", "commit", "quorum"]) effects.cancelTimer(timer);
  resetViewTimer(step);
}
