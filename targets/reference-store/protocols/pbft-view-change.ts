import { isDeepStrictEqual } from "node:util";
import { accept, advance, propose } from "./pbft-normal.ts";
import {
  type Certificate,
  digestOf,
  type NewView,
  type Operation,
  type PbftState,
  persistView,
  primaryOf,
  type Step,
  sendAll,
  type ViewChange,
} from "./pbft-state.ts";
import { restartTimer, startTimer, stopTimer } from "./pbft-timer.ts";

// View changes (section 4.4). View changes and certificates are quoted by others: the paper has them signed. Here nobody
// makes up what another said, the Byzantine replica neither.

export function startViewChange(step: Step, view: number): void {
  const { node, effects } = step;
  effects.log(`leaves view ${node.view} for view ${view}`);
  node.view = view;
  node.active = false;
  node.newView = null;
  node.failures++;
  persistView(step);
  stopTimer(step);
  announceViewChange(step);
}

/** Brings to the new view what is prepared here. */
export function announceViewChange(step: Step): void {
  const { node } = step;
  const { view } = node;
  const { stable, proof } = stableOf(node);
  const prepared = [...node.slots.values()].flatMap((slot) =>
    slot.prepared !== null && slot.prepared.sequence > stable ? [slot.prepared] : [],
  );
  node.ownViewChange = { type: "ViewChange", view, stable, proof, prepared };
  sendAll(step, node.ownViewChange);
  onViewChange(step, node.config.id, node.ownViewChange);
}

/** What a quorum says that it has executed, so that nobody needs a certificate for it: the paper's stable checkpoint. */
function stableOf({ config, log, executedBy, quorum }: PbftState): Pick<ViewChange, "stable" | "proof"> {
  const said = [...executedBy, [config.id, log.length] as const].sort((a, b) => b[1] - a[1]);
  const proof = said.slice(0, quorum);
  return proof.length < quorum ? { stable: 0, proof: [] } : { stable: proof.at(-1)?.[1] ?? 0, proof };
}

export function onViewChange(step: Step, from: string, message: ViewChange): void {
  const { node } = step;
  if (!isValid(node, message) || (node.viewChanges.get(from)?.view ?? -1) > message.view) return;
  node.viewChanges.set(from, message);
  // One correct replica at least is among those who left this view: it is not worth waiting for.
  const later = [...node.viewChanges.values()].map(({ view }) => view).filter((view) => view > node.view);
  if (later.length > node.faulty) {
    startViewChange(step, Math.min(...later));
    return;
  }
  if (node.active) return;
  const here = [...node.viewChanges].filter(([, { view }]) => view === node.view);
  // Only when a quorum is here, or further on, may the new primary be blamed for its silence.
  if (here.length + later.length >= node.quorum && !node.timerRuns) startTimer(step);
  if (here.length < node.quorum || primaryOf(node, node.view) !== node.config.id) return;
  const viewChanges = here.slice(0, node.quorum);
  const newView: NewView = { type: "NewView", view: node.view, viewChanges, ...chosen(node, viewChanges) };
  sendAll(step, newView);
  enter(step, newView);
}

export function onNewView(step: Step, from: string, message: NewView): void {
  const { node } = step;
  const { view, viewChanges, first, operations } = message;
  if (from !== primaryOf(node, view) || view < node.view || (view === node.view && node.active)) return;
  const senders = new Set(viewChanges.map(([replica]) => replica));
  const enough = senders.size >= node.quorum;
  const valid = viewChanges.every(([, each]) => each.view === view && isValid(node, each));
  if (!enough || !valid) return;
  const right = isDeepStrictEqual(chosen(node, viewChanges), { first, operations });
  if (right || node.config.bugs.has("new-view-unchecked")) enter(step, message);
}

function enter(step: Step, newView: NewView): void {
  const { node, effects } = step;
  const { view, first, operations } = newView;
  const primary = primaryOf(node, view);
  effects.log(`enters view ${view} of ${primary}, ${operations.length} operations from ${first} on`);
  node.view = view;
  node.active = true;
  node.newView = primary === node.config.id ? newView : null;
  node.proposed = new Map();
  node.nextSequence = first + operations.length;
  persistView(step);
  restartTimer(step);
  operations.forEach((operation, i) => {
    const sequence = first + i;
    accept(step, sequence, operation);
    const digest = digestOf(operation);
    node.slots.get(sequence)?.prepares.set(primary, { view, digest });
    if (primary !== node.config.id) sendAll(step, { type: "Prepare", view, sequence, digest });
  });
  operations.forEach((_, i) => {
    advance(step, first + i);
  });
  propose(step);
}

/** What the new view begins with: whatever may have been committed, and nothing in the sequence numbers between. */
function chosen(
  { config }: PbftState,
  viewChanges: readonly (readonly [string, ViewChange])[],
): { first: number; operations: Operation[] } {
  const stable = Math.max(...viewChanges.map(([, each]) => each.stable));
  const latest = new Map<number, Certificate>();
  for (const certificate of viewChanges.flatMap(([, { prepared }]) => prepared)) {
    const known = latest.get(certificate.sequence);
    if (known === undefined || certificate.view > known.view) latest.set(certificate.sequence, certificate);
  }
  const last = Math.max(stable, ...latest.keys());
  const forgets = config.bugs.has("drop-prepared");
  const operations = Array.from({ length: last - stable }, (_, i) =>
    forgets ? null : (latest.get(stable + 1 + i)?.operation ?? null),
  );
  return { first: stable + 1, operations };
}

/** Whether what it says is proven: what is stable by a quorum, what is prepared by certificates. */
function isValid({ quorum }: PbftState, { stable, proof, prepared, view }: ViewChange): boolean {
  const sayStable = new Set(proof.filter(([, executed]) => executed >= stable).map(([replica]) => replica));
  if (stable > 0 && sayStable.size < quorum) return false;
  return prepared.every(
    (certificate) =>
      certificate.view < view && certificate.sequence > stable && new Set(certificate.by).size >= quorum,
  );
}
