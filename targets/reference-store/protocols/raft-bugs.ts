import type { Bug } from "../../../harness/ports/target.ts";

const broken = { consistency: "linearizable", workload: "register" } as const;

/** The mistakes that can be made with Raft, by name; each is one condition at its place. */
export const raftBugs: Readonly<Record<string, Bug>> = {
  "vote-not-persisted": {
    description: "a restarted server has forgotten its term and its vote, and votes again",
    breaks: broken,
  },
  "vote-without-log": {
    description: "a vote does not ask whether the candidate's log is up to date",
    breaks: broken,
  },
  "quorum-of-half": {
    description: "half of the servers count as a majority",
    breaks: broken,
  },
  "ack-before-fsync": {
    description: "entries are acknowledged before they are durable",
    breaks: broken,
  },
  "ack-before-majority": {
    description: "the leader commits, applies and answers what only its own log holds",
    breaks: broken,
  },
  "commit-earlier-term": {
    description: "a leader has no no-op, and commits entries of earlier terms by counting (figure 8)",
    breaks: broken,
  },
  "truncate-always": {
    description: "AppendEntries cuts the log behind its entries also where nothing conflicts",
    breaks: broken,
  },
  "stale-leader-read": {
    description:
      "a leader answers reads without asking whether it still leads, until somebody says otherwise",
    breaks: broken,
  },
  "read-before-no-op": {
    description: "a new leader reads at its old commit index, before an entry of its term is committed",
    breaks: broken,
  },
  "lease-ignores-drift": {
    description: "a lease lasts a whole time-out, as if no clock ran faster than another",
    breaks: { ...broken, targetOptions: { reads: "lease" } },
  },
  "lease-by-wall-clock": {
    description: "leases are measured by a clock that may be set back",
    breaks: { ...broken, targetOptions: { reads: "lease" } },
  },
  "lease-survives-transfer": {
    description: "a leader that told another to stand for election goes on answering reads by its lease",
    breaks: { ...broken, targetOptions: { reads: "lease" } },
  },
  "snapshot-without-sessions": {
    description: "a snapshot leaves out the clients' sessions: a request that comes again counts twice",
    breaks: { ...broken, targetOptions: { "snapshot-every": "5" } },
  },
  "snapshot-keeps-log": {
    description: "a follower that installs a snapshot keeps the log behind it, whatever its terms",
    breaks: { ...broken, targetOptions: { "snapshot-every": "5" } },
  },
  "membership-in-one-step": {
    description: "the leader replaces the configuration at once: old and new majorities need not meet",
    breaks: broken,
  },
  "membership-before-commit": {
    description: "the leader changes the configuration again before the last change is committed",
    breaks: broken,
  },
  "membership-before-no-op": {
    description: "a new leader changes the configuration before it has committed an entry of its term (2015)",
    breaks: broken,
  },
};
