import type { Json } from "../../../harness/history/operation.ts";
import { MAX_BATCH } from "../batch.ts";
import type { ClientRequest, EventContext, Reply } from "../frame.ts";
import type { VectorClock } from "../vector-clock.ts";
import { type Effects, type QuorumMessage, type QuorumState, type Round, stateOf } from "./quorum-state.ts";
import { stamped } from "./quorum-values.ts";

export interface Step {
  readonly node: QuorumState;
  readonly context: EventContext;
  readonly effects: Effects;
  /** Takes a message, such as one of this node to itself. */
  readonly hear: (from: string, message: QuorumMessage) => void;
}

export const RETRY = "retry";
/** After so many ticks of half a time-out a replica that did not acknowledge gets a hint. */
export const HINT_AFTER = 2;
/** After so many the client is told that there is no quorum. */
const MOST_TICKS = 8;

/** A request comes once, so that its name is that of its round: no answer to an earlier one is taken for one to it. */
export function coordinate(step: Step, request: ClientRequest): void {
  const { node } = step;
  const id = `${request.client} ${request.sequence}`;
  const round: Round = {
    id,
    request,
    states: new Map(),
    written: undefined,
    acknowledged: new Set(),
    answered: false,
    ticks: 0,
  };
  node.rounds.set(id, round);
  if (request.f === "write" && node.config.bugs.has("own-timestamps")) write(step, round);
  else tellAll(step, { type: "Read", round: id, key: request.key });
}

/** Brings a message to every replica, this one first, that is not among those that answered it already. */
function tellAll(step: Step, message: QuorumMessage, except: ReadonlySet<string> | null = null): void {
  const { id, nodes } = step.node.config;
  for (const to of [id, ...nodes.filter((other) => other !== id)]) {
    if (except?.has(to) === true) continue;
    tell(step, to, message);
  }
}

export function tell({ node, effects, hear }: Step, to: string, message: QuorumMessage): void {
  if (to === node.config.id) hear(to, message);
  else effects.send(to, message);
}

export function onState(step: Step, from: string, id: string, state: Json): void {
  const { node } = step;
  const round = node.rounds.get(id);
  if (round === undefined) return;
  round.states.set(from, state);
  if (round.answered) repair(step, round);
  else if (round.written === undefined && round.states.size >= node.r) {
    if (round.request.f === "write") write(step, round);
    else read(step, round);
  }
}

/** The newest of what replicas told: in any order the same. */
function newest({ values }: QuorumState, { states }: Round): Json {
  return [...states.values()].reduce((a, b) => values.merge(a, b), values.initial);
}

function read(step: Step, round: Round): void {
  const { node } = step;
  const state = newest(node, round);
  const writesBack =
    node.config.options["reads"] === "write-back" && !node.config.bugs.has("write-back-skipped");
  if (writesBack) store(step, round, state);
  else answer(step, round, state);
}

/** Second phase of a write. What this node wrote before is in its own state, so that no stamp comes twice. */
function write(step: Step, round: Round): void {
  const { node, context } = step;
  const { key, value } = round.request;
  const state = node.values.merge(newest(node, round), stateOf(node, key));
  const by = { node: node.config.id, value, context: contextsOf(round.request)[String(key)] ?? {} };
  const wall = node.config.bugs.has("wall-clock-timestamps");
  const time = Math.max(1, context.nowNs);
  store(step, round, wall ? stamped(time, by.node, value) : node.values.write(state, by));
}

function store(step: Step, round: Round, state: Json): void {
  round.written = state;
  round.ticks = 0;
  tellAll(step, { type: "Write", round: round.id, key: round.request.key, state });
}

export function onWritten(step: Step, from: string, id: string): void {
  const round = step.node.rounds.get(id);
  if (round?.written === undefined) return;
  round.acknowledged.add(from);
  if (!round.answered && round.acknowledged.size >= step.node.w) answer(step, round, round.written);
}

function answer(step: Step, round: Round, state: Json): void {
  const { node, effects } = step;
  const { request } = round;
  round.answered = true;
  if (request.f === "write") {
    effects.reply(request, { type: "ok", value: request.value });
    return;
  }
  const reply: Reply = { type: "ok", value: node.values.read(state) };
  const context = node.values.contextOf(state);
  const contexts = { ...contextsOf(request), [String(request.key)]: context ?? {} };
  effects.reply(request, context === undefined ? reply : { ...reply, context: contexts });
  repair(step, round);
}

/** What a client read last, by key. */
function contextsOf({ context }: ClientRequest): Readonly<Record<string, VectorClock>> {
  return (context ?? {}) as Readonly<Record<string, VectorClock>>;
}

/** Read repair: whoever told something older gets the newest, in the background. */
function repair(step: Step, round: Round): void {
  const { node } = step;
  const { key, f } = round.request;
  if (f !== "read" || node.config.options["reads"] !== "repair") return;
  const wrong = node.config.bugs.has("repair-writes-back-older");
  const state = wrong ? ([...round.states.values()][0] as Json) : newest(node, round);
  const text = JSON.stringify(state);
  for (const [replica, told] of round.states) {
    if (JSON.stringify(told) === text) continue;
    round.states.set(replica, state);
    tell(step, replica, { type: "Repair", key, state });
  }
}

/** Asks again whoever did not answer, keeps hints for them, and gives up in the end. */
export function onRetry(step: Step): void {
  const { node, effects } = step;
  const { config, hints } = node;
  effects.setTimer(RETRY, config.timeoutNs / 2);
  for (const round of [...node.rounds.values()]) {
    round.ticks++;
    if (round.ticks === HINT_AFTER) standIn(step, round);
    if (round.answered ? round.ticks > HINT_AFTER : round.ticks > MOST_TICKS) giveUp(step, round);
    else if (!round.answered) askAgain(step, round);
  }
  for (const peer of config.nodes) {
    const owed = hints.owedTo(peer, MAX_BATCH);
    if (owed.length === 0) continue;
    const entries = owed.map(([key, number]) => ({ key, hint: number, state: stateOf(node, key) }));
    effects.send(peer, { type: "Handoff", hints: entries });
  }
}

function askAgain(step: Step, { id, request: { key }, written, states, acknowledged }: Round): void {
  if (written === undefined) tellAll(step, { type: "Read", round: id, key }, new Set(states.keys()));
  else tellAll(step, { type: "Write", round: id, key, state: written }, acknowledged);
}

/**
 * For those that did not answer: this node keeps what they did not acknowledge, and hands it off when they are back. In a
 * sloppy quorum it also counts in their place.
 */
function standIn(step: Step, round: Round): void {
  const { node } = step;
  const { nodes, options, bugs } = node.config;
  const { key, f } = round.request;
  const wrong = f === "write" && bugs.has("hinted-handoff-counted-as-write");
  const counts = options["sloppy"] === "yes" || wrong;
  const isWritten = round.written !== undefined;
  const answered = isWritten ? round.acknowledged : round.states;
  for (const replica of nodes.filter((other) => !answered.has(other))) {
    if (isWritten) node.hints.owe(replica, key);
    if (!counts) continue;
    if (isWritten) onWritten(step, replica, round.id);
    else onState(step, replica, round.id, stateOf(node, key));
  }
}

function giveUp({ node, effects }: Step, round: Round): void {
  node.rounds.delete(round.id);
  if (round.answered) return;
  const [told, needed] =
    round.written === undefined ? [round.states.size, node.r] : [round.acknowledged.size, node.w];
  const message = `${told} of ${needed} replicas answered within ${MOST_TICKS / 2} time-outs`;
  // What nobody was asked to write has no effect.
  const definite = round.written === undefined;
  effects.reply(round.request, { type: "error", code: "no-quorum", message, definite });
}
