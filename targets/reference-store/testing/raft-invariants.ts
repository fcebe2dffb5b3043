import type { Json } from "../../../harness/history/operation.ts";
import type { LogEntry, RaftMessage } from "../protocols/raft-messages.ts";
import { type RaftState, termAt } from "../protocols/raft-state.ts";
import type { StepObserver } from "../simulated-program.ts";

/** How far back a step can reach: a batch at most. */
const LOOK_BACK = 20;

/**
 * Watches every step of every server for the properties of figure 3 of the Raft paper, and throws at the first that
 * does not hold. How much it saw is there to be asserted: a watch that saw nothing proves nothing.
 */
export function raftInvariants() {
  const leaders = new Map<number, string>();
  /** By index and term: the one entry, and the term before it. */
  const entries = new Map<string, { readonly entry: string; readonly previousTerm: number }>();
  /** With the term in which each was committed. */
  const committed: { readonly entry: string; readonly inTerm: number }[] = [];
  const logLengths = new Map<string, number>();
  /** By node and index: the entry that was last seen there. */
  const lastSeen = new Map<string, string>();
  const votes = new Map<string, string>();
  /** By last index: a snapshot stands for the same everywhere. */
  const snapshots = new Map<number, string>();
  const configurations = new Set<string>();
  const seen = { installed: 0, transfers: 0 };

  const observe: StepObserver<RaftState, Json> = ({ node, state, event, effects }) => {
    if (event?.type === "message") {
      const message = event.message as RaftMessage;
      oneVoteATerm(node, event.from, message);
      if (message.type === "InstallSnapshot") seen.installed++;
      if (message.type === "TimeoutNow") seen.transfers++;
    }
    configurations.add(state.members.join());
    logMatching(node, state, event === undefined);
    if (state.role === "leader") electionSafety(node, state);
    // Compaction appends what is left to another file; what else is appended and gone in one step went into the snapshot.
    const left = new Set<Json>(state.log.from(state.log.snapshot.lastIndex + 1));
    const appended = effects.flatMap((effect) => (effect.type === "append" ? effect.entries : []));
    const gone = appended.filter((entry) => !left.has(entry));
    stateMachineSafety(node, state, gone);
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
    const { currentTerm, log } = state;
    const leader = leaders.get(currentTerm);
    assert(leader === undefined || leader === node, `${leader} and ${node} both lead term ${currentTerm}`);
    if (leader === node) return;
    leaders.set(currentTerm, node);
    // Leader completeness: what was committed in earlier terms is in its log, or in its snapshot. A server that was
    // paused may win the election of a term that others have left, and lack what they committed since.
    committed.forEach(({ entry, inTerm }, i) => {
      if (inTerm >= currentTerm || i < log.snapshot.lastIndex) return;
      const same = JSON.stringify(log.at(i + 1)) === entry;
      assert(same, `${node} leads term ${currentTerm} without entry ${i + 1}, committed in term ${inTerm}`);
    });
  }

  function logMatching(node: string, state: RaftState, whole: boolean): void {
    const { log } = state;
    const first = log.snapshot.lastIndex + 1;
    const known = Math.min(logLengths.get(node) ?? 0, log.lastIndex);
    for (let i = whole ? first : Math.max(first, known - LOOK_BACK); i <= log.lastIndex; i++) {
      const entry = log.at(i) as LogEntry;
      const found = { entry: JSON.stringify(entry), previousTerm: termAt(state, i - 1) };
      const place = `${i}:${entry.term}`;
      const before = entries.get(place) ?? found;
      assert(before.entry === found.entry, `two entries at ${place}: ${before.entry} and ${found.entry}`);
      assert(
        before.previousTerm === found.previousTerm,
        `logs differ before ${place}: ${before.previousTerm} and ${found.previousTerm}`,
      );
      entries.set(place, before);
      lastSeen.set(`${node} ${i}`, found.entry);
    }
    logLengths.set(node, log.lastIndex);
  }

  function stateMachineSafety(node: string, state: RaftState, gone: readonly Json[]): void {
    const { commitIndex, lastApplied, log } = state;
    assert(commitIndex <= log.lastIndex, `${node} committed past the end of its log`);
    assert(lastApplied === commitIndex, `${node} has not applied what it knows committed`);
    const { lastIndex, about } = log.snapshot;
    assert(lastIndex <= commitIndex, `${node} has a snapshot of what is not committed`);
    for (let i = committed.length + 1; i <= commitIndex; i++) {
      // The first to know is the leader that commits it. What it drops at once was in its log before, or is new.
      assert(
        state.role === "leader" || !state.members.includes(node),
        `${node} knows ${i} committed too early`,
      );
      const atOnce = i <= lastIndex ? gone.at(i - lastIndex - 1) : undefined;
      const entry = atOnce === undefined ? lastSeen.get(`${node} ${i}`) : JSON.stringify(atOnce);
      assert(entry !== undefined, `nobody saw entry ${i}`);
      committed.push({ entry, inTerm: state.currentTerm });
    }
    for (let i = Math.max(lastIndex + 1, commitIndex - LOOK_BACK); i <= commitIndex; i++) {
      const same = JSON.stringify(log.at(i)) === committed[i - 1]?.entry;
      assert(same, `${node} applied another entry ${i} than an earlier server`);
    }
    if (lastIndex === 0) return;
    const snapshot = JSON.stringify(about);
    const before = snapshots.get(lastIndex) ?? snapshot;
    assert(before === snapshot, `two snapshots of ${lastIndex} entries: ${before} and ${snapshot}`);
    snapshots.set(lastIndex, before);
  }

  return { observe, leaders, committed, snapshots, configurations, seen };
}

function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`Raft is broken: ${message}`);
}
