import type { ClientRequest, Reply } from "../frame.ts";
import { nodeOf } from "../key-placement.ts";
import { answered, type ListOperation, listOperations, type Placed } from "../lists.ts";
import type { Active, Effects, Message, State } from "./two-phase-commit-state.ts";

/** How messages leave: to others over the network, to the node itself at once. */
type Tell = (to: string, message: Message) => void;

/** After how many rounds without all votes a transaction is aborted, and how often one is tried that conflicts. */
const MOST_ROUNDS = 6;
const MOST_ATTEMPTS = 5;

// The coordinator: first phase.

export function onClientRequest(node: State, request: ClientRequest, effects: Effects, tell: Tell): void {
  const operations = listOperations(request.value);
  if (operations === undefined) {
    const message = `no transaction: ${JSON.stringify(request.value)}`;
    effects.reply(request, { type: "error", code: "unsupported-operation", message, definite: true });
    return;
  }
  node.clock++;
  begin(node, { request, operations, attempt: 1, age: node.clock }, tell);
}

function begin(
  node: State,
  of: Pick<Active, "request" | "operations" | "attempt" | "age">,
  tell: Tell,
): void {
  const transaction = `${node.run}.${++node.transactions}`;
  const parts = partsOf(node, of.operations);
  const active: Active = { ...of, parts, voted: new Set(), reads: new Map(), rounds: 0 };
  node.active.set(transaction, active);
  askForVotes(transaction, active, tell);
}

function askForVotes(transaction: string, { age, parts, voted }: Active, tell: Tell): void {
  for (const [participant, operations] of parts) {
    if (!voted.has(participant)) tell(participant, { type: "Prepare", transaction, age, operations });
  }
}

function partsOf(node: State, operations: readonly ListOperation[]): ReadonlyMap<string, readonly Placed[]> {
  const parts = new Map<string, Placed[]>();
  for (const [place, operation] of operations.entries()) {
    const participant = nodeOf(operation[1], node.nodes);
    parts.set(participant, [...(parts.get(participant) ?? []), [place, operation]]);
  }
  return parts;
}

export function onVote(
  node: State,
  from: string,
  { transaction, yes, reads }: Extract<Message, { type: "Vote" }>,
  effects: Effects,
  tell: Tell,
): void {
  const active = node.active.get(transaction);
  if (active === undefined) return;
  if (!yes) {
    tryAgain(node, transaction, active, effects, tell);
    return;
  }
  active.voted.add(from);
  for (const [place, list] of reads) active.reads.set(place, list);
  if (active.voted.size === active.parts.size) commit(node, transaction, active, effects, tell);
}

// Second phase.

function commit(node: State, transaction: string, active: Active, effects: Effects, tell: Tell): void {
  const participants = [...active.parts.keys()];
  node.active.delete(transaction);
  node.decided.set(transaction, new Set(participants));
  if (!node.bugs.has("decision-not-logged")) effects.record({ type: "decided", transaction, participants });
  effects.sync();
  effects.reply(active.request, { type: "ok", value: answered(active.operations, active.reads) });
  for (const participant of participants) tell(participant, { type: "Decision", transaction, commit: true });
}

/** Nothing is written: a coordinator that knows nothing of a transaction has aborted it. */
function abort(node: State, transaction: string, { parts }: Active, tell: Tell): void {
  node.active.delete(transaction);
  for (const participant of parts.keys()) tell(participant, { type: "Decision", transaction, commit: false });
}

/** Somebody else holds what it needs: it begins again a little later, as old as it was. */
function tryAgain(node: State, transaction: string, active: Active, effects: Effects, tell: Tell): void {
  abort(node, transaction, active, tell);
  const { request, operations, attempt, age } = active;
  if (attempt === MOST_ATTEMPTS) {
    const message = `${attempt} tries met transactions that hold the same keys`;
    effects.reply(request, { type: "fail", code: "conflict", message });
    return;
  }
  const timer = `retry ${transaction}`;
  node.retries.set(timer, { request, operations, attempt: attempt + 1, age });
  effects.setTimer(timer, (node.timeoutNs / 4) * attempt * effects.context.random.float());
}

export function onRetry(node: State, timer: string, tell: Tell): void {
  const again = node.retries.get(timer);
  if (again === undefined) return;
  node.retries.delete(timer);
  begin(node, again, tell);
}

/** Asks again for votes and acknowledgements that did not come. */
export function coordinateAgain(node: State, effects: Effects, tell: Tell): void {
  for (const [transaction, active] of [...node.active]) {
    if (++active.rounds <= MOST_ROUNDS) {
      askForVotes(transaction, active, tell);
      continue;
    }
    abort(node, transaction, active, tell);
    const message = `not everybody voted within ${MOST_ROUNDS} rounds`;
    const reply: Reply = { type: "error", code: "aborted", message, definite: true };
    effects.reply(active.request, reply);
  }
  for (const [transaction, participants] of [...node.decided]) {
    for (const each of [...participants]) tell(each, { type: "Decision", transaction, commit: true });
  }
}

export function onAcknowledge(node: State, from: string, transaction: string, effects: Effects): void {
  const left = node.decided.get(transaction);
  if (left?.delete(from) !== true || left.size > 0) return;
  node.decided.delete(transaction);
  effects.record({ type: "ended", transaction });
}

/** A participant is in doubt. Silence where there is no decision: it stays blocked. */
export function onInquire(node: State, from: string, transaction: string, tell: Tell): void {
  if (node.active.has(transaction)) return;
  const commit = node.decided.has(transaction) || node.bugs.has("commit-after-abort");
  tell(from, { type: "Decision", transaction, commit });
}
