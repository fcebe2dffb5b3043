import type { ClientRequest } from "../frame.ts";
import { appendToLog } from "./raft-log.ts";
import { answer, enqueueRead } from "./raft-reads.ts";
import type { Effects, RaftState } from "./raft-state.ts";

// Clients (dissertation chapter 6). A server passes its clients' requests to the leader, again and again until one
// answers; sessions make a request that arrives twice count once.

export function onClientRequest(raft: RaftState, request: ClientRequest, effects: Effects): void {
  if (raft.leader === null) {
    const message = `${raft.id} knows no leader in term ${raft.currentTerm}`;
    effects.reply(request, { type: "error", code: "no-leader", message, definite: true });
    return;
  }
  raft.forwarded.add(request, effects);
  submit(raft, request, effects);
}

/** Everything that was not answered, to whoever leads now. */
export function submitAgain(raft: RaftState, effects: Effects): void {
  for (const request of raft.forwarded.again(effects)) submit(raft, request, effects);
}

function submit(raft: RaftState, request: ClientRequest, effects: Effects): void {
  if (raft.role === "leader") serve(raft, raft.id, request, effects);
  else if (raft.leader !== null) effects.send(raft.leader, { type: "ForwardedRequest", request });
}

/** On the leader. One that hands over takes nothing; whoever is asked next does. */
export function serve(raft: RaftState, origin: string, request: ClientRequest, effects: Effects): void {
  if (raft.role !== "leader" || raft.transferTo !== null) return;
  if (raft.machine.isRead(request)) {
    enqueueRead(raft, origin, request, effects);
  } else if (raft.machine.applied(request)) {
    const reply = raft.machine.replyTo(request);
    if (reply !== undefined) answer(raft, origin, request, reply, effects);
  } else if (raft.proposals.get(request.client) !== request.sequence) {
    raft.proposals.set(request.client, request.sequence);
    appendToLog(raft, origin, { request }, effects);
  }
}
