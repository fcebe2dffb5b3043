import { type Ballot, compareBallots } from "../ballot.ts";
import { learn } from "./multi-paxos-learner.ts";
import { follow } from "./multi-paxos-roles.ts";
import {
  ACCEPTED,
  type Message,
  type MultiPaxosState,
  PROMISED,
  type Proposal,
  type Step,
} from "./multi-paxos-state.ts";

/** Whether the ballot may go on here; tells its proposer where not. A ballot above the promise is promised. */
function admits(step: Step, proposer: string, ballot: Ballot): boolean {
  const { node, effects } = step;
  const { promised } = node;
  const order = compareBallots(ballot, promised);
  if (order < 0) {
    effects.send(proposer, { type: "Conflict", ballot, promised });
    return false;
  }
  if (order > 0) promise(step, ballot);
  return true;
}

/** Durable before anyone hears of it: a proposer too promises its own ballot, and so never uses one twice. */
export function promise(step: Step, ballot: Ballot): void {
  const { node, effects } = step;
  node.promised = ballot;
  node.counter = Math.max(node.counter, ballot[0]);
  effects.write(PROMISED, ballot);
  effects.sync();
}

/** Phase 1b, for all slots from `first` on. */
export function onPrepare(step: Step, proposer: string, { ballot, first }: Message<"Prepare">): void {
  const { node, effects } = step;
  const news = compareBallots(ballot, node.promised) > 0;
  if (!admits(step, proposer, ballot)) return;
  if (news) follow(step, null);
  effects.send(proposer, { type: "Promise", ballot, accepted: acceptedFrom(node, first) });
}

export function acceptedFrom(node: MultiPaxosState, first: number): readonly Proposal[] {
  return [...node.accepted.values()].filter(({ slot }) => slot >= first);
}

/** Phase 2b. */
export function onAccept(step: Step, proposer: string, { proposal }: Message<"Accept">): void {
  const { node, effects } = step;
  const { ballot, slot } = proposal;
  if (!node.config.bugs.has("accept-lower-ballot")) {
    if (!admits(step, proposer, ballot)) return;
    follow(step, proposer);
  }
  const before = node.accepted.get(slot);
  if (before === undefined || compareBallots(before.ballot, ballot) !== 0) accept(step, proposal);
  effects.send(proposer, { type: "Accepted", ballot, slot });
}

export function onHeartbeat(
  step: Step,
  leader: string,
  { ballot, chosen, round }: Message<"Heartbeat">,
): void {
  const { node, effects } = step;
  if (!admits(step, leader, ballot)) return;
  follow(step, leader);
  effects.send(leader, { type: "HeartbeatResponse", ballot, round });
  for (let slot = node.chosen.length + 1; slot <= chosen; slot++) {
    const accepted = node.accepted.get(slot);
    // A leader proposes one command in each slot; what was accepted under another ballot may not be what was chosen.
    if (accepted !== undefined && compareBallots(accepted.ballot, ballot) === 0) {
      learn(step, slot, accepted.command);
    } else if (!node.learned.has(slot)) {
      effects.send(leader, { type: "Learn", first: slot });
      return;
    }
  }
}

/** Durable before anyone hears of it. */
export function accept({ node, effects }: Step, proposal: Proposal): void {
  node.accepted.set(proposal.slot, proposal);
  effects.append(ACCEPTED, [proposal]);
  if (!node.config.bugs.has("accept-not-durable")) effects.sync();
}
