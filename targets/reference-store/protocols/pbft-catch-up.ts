import { MAX_BATCH } from "../batch.ts";
import { commit } from "./pbft-normal.ts";
import { digestOf, isPrimary, type Message, primaryOf, type Step, sendAll, slotAt } from "./pbft-state.ts";

// Whatever was lost is sent again to whoever says that it lacks it (as in Castro's thesis).

/** Tells the others how far this replica is, and the primary what it should have proposed. */
export function tellStatus(step: Step): void {
  const { node, effects } = step;
  sendAll(step, { type: "Status", view: node.view, active: node.active, executed: node.log.length });
  if (!node.active && node.ownViewChange?.view === node.view) sendAll(step, node.ownViewChange);
  if (!node.active || isPrimary(node)) return;
  const primary = primaryOf(node, node.view);
  for (const request of node.requests.values()) effects.send(primary, { type: "Relay", request });
}

export function onStatus(step: Step, from: string, { view, active, executed }: Message<"Status">): void {
  const { node, effects } = step;
  node.executedBy.set(from, Math.max(node.executedBy.get(from) ?? 0, executed));
  if (executed < node.log.length) {
    const operations = node.log.slice(executed, executed + MAX_BATCH);
    effects.send(from, { type: "Executed", first: executed + 1, operations });
  }
  if (view < node.view || (view === node.view && !active)) {
    if (node.active && node.newView !== null) effects.send(from, node.newView);
    else if (node.ownViewChange !== null) effects.send(from, node.ownViewChange);
  }
  if (node.active && active && view === node.view) sayAgain(step, from, executed);
}

/** All that this replica said in this view of what the other one has not executed. */
function sayAgain({ node, effects }: Step, to: string, executed: number): void {
  const { id } = node.config;
  for (let sequence = executed + 1; sequence <= executed + MAX_BATCH; sequence++) {
    const slot = node.slots.get(sequence);
    if (slot?.view !== node.view) continue;
    const { view, operation } = slot;
    const digest = digestOf(operation);
    if (isPrimary(node)) effects.send(to, { type: "PrePrepare", view, sequence, operation });
    else effects.send(to, { type: "Prepare", view, sequence, digest });
    if (slot.commits.get(id)?.view === view) effects.send(to, { type: "Commit", view, sequence, digest });
  }
}

/** What f + 1 replicas say that they executed, one correct replica did. */
export function onExecuted(step: Step, from: string, { first, operations }: Message<"Executed">): void {
  const { node } = step;
  for (const [i, operation] of operations.entries()) {
    const sequence = first + i;
    if (sequence <= node.log.length) continue;
    const { executed } = slotAt(node, sequence);
    executed.set(from, operation);
    const same = [...executed.values()].filter((each) => digestOf(each) === digestOf(operation));
    if (same.length > node.faulty) commit(step, sequence, operation);
  }
}
