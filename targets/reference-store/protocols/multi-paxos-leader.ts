import { compareBallots } from "../ballot.ts";
import { bringReply } from "../forwarded-requests.ts";
import type { ClientRequest } from "../frame.ts";
import { accept } from "./multi-paxos-acceptor.ts";
import { learn, serveReads } from "./multi-paxos-learner.ts";
import type { Command, Message, Proposal, Step } from "./multi-paxos-state.ts";

// What a leader does while it leads: phase 2, a slot for each command.

/** Gives a request its slot, or a read its place behind what was chosen before it. */
export function serve(step: Step, origin: string, request: ClientRequest): void {
  const { node } = step;
  const { bugs, options } = node.config;
  if (node.machine.isRead(request) && options["reads"] === "quorum") {
    if (bugs.has("leader-reads-alone")) bringReply(step, origin, request, node.machine.read(request));
    else enqueueRead(step, origin, request);
    return;
  }
  if (node.machine.applied(request)) {
    const reply = node.machine.replyTo(request);
    if (reply !== undefined) bringReply(step, origin, request, reply);
  } else if (node.proposedFor.get(request.client) !== request.sequence) {
    node.proposedFor.set(request.client, request.sequence);
    propose(step, node.nextSlot++, { origin, request });
  }
}

/** Phase 2a. */
export function propose(step: Step, slot: number, command: Command): void {
  const { node, effects } = step;
  const proposal: Proposal = { slot, ballot: node.ballot, command };
  node.proposals.set(slot, { proposal, acceptedBy: new Set() });
  accept(step, proposal);
  for (const peer of node.peers) effects.send(peer, { type: "Accept", proposal });
  onAccepted(step, node.config.id, { type: "Accepted", ballot: node.ballot, slot });
}

export function onAccepted(step: Step, acceptor: string, { ballot, slot }: Message<"Accepted">): void {
  const { node } = step;
  const underway = node.proposals.get(slot);
  if (node.role !== "leader" || compareBallots(ballot, node.ballot) !== 0 || underway === undefined) return;
  underway.acceptedBy.add(acceptor);
  if (underway.acceptedBy.size < node.quorum) return;
  node.proposals.delete(slot);
  learn(step, slot, underway.proposal.command);
}

/** Sends again what nobody has answered. */
export function resend({ node, effects }: Step): void {
  for (const { proposal, acceptedBy } of node.proposals.values()) {
    for (const peer of node.peers) {
      if (!acceptedBy.has(peer)) effects.send(peer, { type: "Accept", proposal });
    }
  }
}

// Rounds of heartbeats. A majority that answers one had not promised a higher ballot by then, so that whatever was
// chosen before the round began is known here: reads wait for a round that begins after they came in.

export function beginRound(step: Step): void {
  const { node, effects } = step;
  node.round++;
  for (const peer of node.peers) {
    effects.send(peer, {
      type: "Heartbeat",
      ballot: node.ballot,
      chosen: node.chosen.length,
      round: node.round,
    });
  }
  confirmRounds(step);
}

export function onHeartbeatResponse(
  step: Step,
  from: string,
  { ballot, round }: Message<"HeartbeatResponse">,
): void {
  const { node } = step;
  if (node.role !== "leader" || compareBallots(ballot, node.ballot) !== 0) return;
  node.answered.set(from, Math.max(node.answered.get(from) ?? 0, round));
  confirmRounds(step);
}

function confirmRounds(step: Step): void {
  const { node } = step;
  const rounds = [node.round, ...node.peers.map((peer) => node.answered.get(peer) ?? 0)];
  const confirmed = rounds.sort((a, b) => b - a)[node.quorum - 1] as number;
  if (confirmed <= node.confirmedRound) return;
  node.confirmedRound = confirmed;
  serveReads(step);
  if (confirmed === node.round && node.reads.some(({ round }) => round > confirmed)) beginRound(step);
}

function enqueueRead(step: Step, origin: string, request: ClientRequest): void {
  const { node } = step;
  // What an earlier leader had chosen may be among what this one inherited and has not finished.
  const inherited = node.config.bugs.has("read-before-takeover") ? 0 : node.inherited;
  const upTo = Math.max(node.chosen.length, inherited);
  node.reads.push({ request, origin, upTo, round: node.round + 1 });
  if (node.confirmedRound === node.round) beginRound(step);
}
