import type { Message } from "./raft-messages.ts";
import { hearLeader } from "./raft-roles.ts";
import { adoptConfiguration, configurationAt, type Effects, type RaftState, termAt } from "./raft-state.ts";

// Log compaction (section 7; dissertation chapter 5). Every server takes its own snapshots; one message holds a whole one.

/** Lets a snapshot stand for everything that is applied. */
export function takeSnapshot(raft: RaftState, effects: Effects): void {
  const lastIndex = raft.lastApplied;
  const state = raft.machine.snapshot();
  if (raft.bugs.has("sessions-lost-with-log")) raft.machine.restore({ ...(state as object), sessions: [] });
  const { members } = configurationAt(raft, lastIndex);
  const about = { lastTerm: termAt(raft, lastIndex), members, state };
  raft.log.compact({ lastIndex, about }, true, effects);
  effects.log(`snapshot of entries 1 to ${lastIndex}`);
}

export function onInstallSnapshot(
  raft: RaftState,
  leader: string,
  { snapshot, round }: Message<"InstallSnapshot">,
  effects: Effects,
): void {
  hearLeader(raft, leader, effects);
  const { lastIndex, about } = snapshot;
  if (lastIndex > raft.commitIndex) {
    // What follows an entry that agrees may be good; what follows one that does not is none of this leader's.
    const agrees = termAt(raft, lastIndex) === about.lastTerm;
    raft.log.compact(snapshot, agrees, effects);
    effects.sync();
    raft.machine.restore(about.state);
    raft.lastApplied = lastIndex;
    raft.commitIndex = lastIndex;
    adoptConfiguration(raft);
    effects.log(`snapshot of entries 1 to ${lastIndex} from ${leader}`);
  }
  const term = raft.currentTerm;
  effects.send(leader, { type: "AppendEntriesResponse", term, success: true, index: lastIndex, round });
}
