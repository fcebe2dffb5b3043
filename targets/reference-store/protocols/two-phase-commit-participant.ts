import type { Claim } from "../lock-table.ts";
import { apply, type Effects, type Message, type Prepared, type State } from "./two-phase-commit-state.ts";

type Tell = (to: string, message: Message) => void;

/** The rounds after which an impatient participant has had enough of doubt. */
const PATIENCE = 4;

// A participant. Locks are held from before the vote until the decision (strict two-phase locking).

export function onPrepare(
  node: State,
  coordinator: string,
  { transaction, age, operations }: Extract<Message, { type: "Prepare" }>,
  effects: Effects,
  tell: Tell,
): void {
  if (node.finished.has(transaction)) return;
  node.clock = Math.max(node.clock, age);
  const known = node.prepared.get(transaction);
  if (known !== undefined) {
    voteYes(node, known.promise, tell);
    return;
  }
  const wanted = { transaction, coordinator, age, operations };
  const outcome = node.locks.claim(claimOf(wanted));
  if (outcome === "granted") prepare(node, wanted, effects, tell);
  else if (outcome === "waits") node.waiting.set(transaction, wanted);
  else tell(coordinator, { type: "Vote", transaction, yes: false, reads: [] });
}

/** Has its locks: from here on only the coordinator decides, whatever happens to this node. */
function prepare(node: State, wanted: Omit<Prepared, "type">, effects: Effects, tell: Tell): void {
  const promise: Prepared = { type: "prepared", ...wanted };
  node.waiting.delete(wanted.transaction);
  node.prepared.set(wanted.transaction, { promise, rounds: 0 });
  // Locks for reading too must outlive a restart: what was read must stay so until the decision.
  effects.record(promise);
  effects.sync();
  voteYes(node, promise, tell);
  if (node.bugs.has("release-locks-at-prepare")) release(node, wanted.transaction, effects, tell);
}

function voteYes(node: State, { transaction, coordinator, operations }: Prepared, tell: Tell): void {
  tell(coordinator, { type: "Vote", transaction, yes: true, reads: node.lists.reads(operations) });
}

export function onDecision(
  node: State,
  coordinator: string,
  { transaction, commit }: Extract<Message, { type: "Decision" }>,
  effects: Effects,
  tell: Tell,
): void {
  const known = node.prepared.get(transaction);
  if (known !== undefined) finish(node, known.promise, commit, effects);
  // Waits, was not heard of, or is finished: an abort changes nothing but that it is over.
  node.finished.add(transaction);
  node.waiting.delete(transaction);
  release(node, transaction, effects, tell);
  if (!commit) return;
  effects.sync();
  tell(coordinator, { type: "Acknowledge", transaction });
}

function finish(node: State, { transaction, operations }: Prepared, commit: boolean, effects: Effects): void {
  node.prepared.delete(transaction);
  node.finished.add(transaction);
  effects.record({ type: commit ? "committed" : "aborted", transaction });
  if (commit) apply(node.lists, operations);
}

function release(node: State, transaction: string, effects: Effects, tell: Tell): void {
  for (const granted of node.locks.release(transaction)) {
    const wanted = node.waiting.get(granted);
    if (wanted !== undefined) prepare(node, wanted, effects, tell);
  }
}

/** Asks for the decisions that have not come. */
export function inquireAgain(node: State, effects: Effects, tell: Tell): void {
  for (const [transaction, doubt] of [...node.prepared]) {
    const impatient = ++doubt.rounds > PATIENCE && node.bugs.has("unilateral-abort");
    if (impatient) onDecision(node, node.id, { type: "Decision", transaction, commit: false }, effects, tell);
    else tell(doubt.promise.coordinator, { type: "Inquire", transaction });
  }
}

export function claimOf({ transaction, age, operations }: Omit<Prepared, "type">): Claim {
  const keys = (wanted: "append" | "r") => operations.flatMap(([, [f, key]]) => (f === wanted ? [key] : []));
  return { owner: transaction, age, shared: keys("r"), exclusive: keys("append") };
}
