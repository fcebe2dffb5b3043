import type { Json } from "../../../harness/history/operation.ts";
import { type LogEntry, type RaftMessage, type RaftState, termAt } from "../protocols/raft-state.ts";
import type { StepObserver } from "../simulated-program.ts";

/**
 * Watches every step of every server for the properties of figure 3 of the Raft paper, and throws at the first that
 * does not hold. How much it saw is there to be asserted: a watch that saw nothing proves nothing.
 */
export function raftInvariants() {
  const leaders = new Map<number, string>();
  /** By index and term: the one entry, and the term before it. */
  const entries = new Map<string, { readonly entry: string; readonly previousTerm: number }>();
  /** With the term in which each was committed. */
  const committed: { readonly entry: LogEntry; readonly inTerm: number }[] = [];
  const logLengths = new Map<string, number>();
  const votes = new Map<string, string>();

  const observe: StepObserver<RaftState, Json> = ({ node, state, event }) => {
    if (event?.type === "message") oneVoteATerm(node, event.from, event.message as RaftMessage);
    if (state.role === "leader") electionSafety(node, state);
    logMatching(node, state, event === undefined);
    stateMachineSafety(node, state);
  };

  /**
   * Of votes that others can see, by messages that arrived: a vote that was lost with a kill before it was durable was
   * never told to anyone, and the server may vote again.
   */
  function oneVoteATerm(node: string, from: string, message: RaftMessage): void {
    const candidate =
      message.type === "RequestVote"
        ? from
        : message.type === "RequestVoteResponse" && message.voteGranted
          ? node
          : undefined;
    if (candidate === undefined || !("term" in message)) return;
    const voter = `${from} in term ${message.term}`;
    const before = votes.get(voter) ?? candidate;
    assert(before === candidate, `${voter} voted for ${before} and for ${candidate}`);
    votes.set(voter, candidate);
  }

  function electionSafety(node: string, state: RaftState): void {
    const leader = leaders.get(state.currentTerm);
    assert(
      leader === undefined || leader === node,
      `${leader} and ${node} both lead term ${state.currentTerm}`,
    );
    if (leader === node) return;
    leaders.set(state.currentTerm, node);
    // Leader completeness: what was committed in earlier terms is in its log. A server that was paused may win the
    // election of a term that others have left, and lack what they committed since.
    committed.forEach(({ entry, inTerm }, i) => {
      if (inTerm >= state.currentTerm) return;
      const same = sameEntry(state.log[i], entry);
      assert(
        same,
        `${node} leads term ${state.currentTerm} without entry ${i + 1}, committed in term ${inTerm}`,
      );
    });
  }

  function logMatching(node: string, state: RaftState, whole: boolean): void {
    // Only the end of a log changes from one step to the next, by a batch at most.
    const known = Math.min(logLengths.get(node) ?? 0, state.log.length);
    const from = whole ? 0 : Math.max(0, known - 20);
    for (let i = from; i < state.log.length; i++) {
      const entry = state.log[i] as LogEntry;
      const seen = { entry: JSON.stringify(entry), previousTerm: termAt(state, i) };
      const place = `${i + 1}:${entry.term}`;
      const before = entries.get(place) ?? seen;
      assert(before.entry === seen.entry, `two entries at ${place}: ${before.entry} and ${seen.entry}`);
      assert(
        before.previousTerm === seen.previousTerm,
        `logs differ before ${place}: ${before.previousTerm} and ${seen.previousTerm}`,
      );
      entries.set(place, before);
    }
    logLengths.set(node, state.log.length);
  }

  function stateMachineSafety(node: string, state: RaftState): void {
    assert(state.commitIndex <= state.log.length, `${node} committed past the end of its log`);
    assert(state.lastApplied === state.commitIndex, `${node} has not applied what it knows committed`);
    for (let i = committed.length; i < state.commitIndex; i++) {
      // The first to know is the leader that commits it.
      assert(state.role === "leader", `${node} knows entry ${i + 1} committed before any leader does`);
      committed.push({ entry: state.log[i] as LogEntry, inTerm: state.currentTerm });
    }
    for (let i = Math.max(0, state.commitIndex - 20); i < state.commitIndex; i++) {
      const same = sameEntry(state.log[i], committed[i]?.entry);
      assert(same, `${node} applied another entry ${i + 1} than an earlier server`);
    }
  }

  return { observe, leaders, committed };
}

function sameEntry(a: LogEntry | undefined, b: LogEntry | undefined): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

function assert(condition: boolean, message: string): void {
  if (!condition) throw new Error(`Raft is broken: ${message}`);
}
