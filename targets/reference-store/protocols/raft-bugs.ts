import type { Bug, Guarantee } from "../../../harness/ports/target.ts";

const broken: Guarantee = { consistency: "linearizable", workload: "register" };
/** Where two servers lead, it shows when the same clients ask both. */
const roaming: Guarantee = { ...broken, targetOptions: { sessions: "roaming" } };
/** Where messages take long, logs are seldom the same. */
const laggards: Guarantee = { ...broken, targetOptions: { timeout: "100ms", latency: "20ms" } };
/** Quick elections leave the most time between the next leader and the moment when the last one hears of it. */
const quickElections: Guarantee = { ...broken, targetOptions: { sessions: "roaming", timeout: "50ms" } };
const leases: Guarantee = {
  ...broken,
  targetOptions: { sessions: "roaming", reads: "lease", timeout: "150ms" },
};
/** A vote that is forgotten matters while another asks for it again: terms begin in haste, and servers start again soon. */
const restarts: Guarantee = {
  ...broken,
  targetOptions: { sessions: "roaming", timeout: "20ms", latency: "5ms", "pre-vote": "no" },
  nemesis: { faults: "kill,partition", interval: "60ms" },
};

/** The mistakes that can be made with Raft, by name; each is one condition at its place. */
export const raftBugs: Readonly<Record<string, Bug>> = {
  "vote-without-log": {
    description: "a vote does not ask whether the candidate's log is up to date",
    breaks: laggards,
  },
  "vote-not-persisted": {
    description:
      "term and vote are not on stable storage: after a restart a server votes again in the same term",
    breaks: restarts,
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
  "truncate-always": {
    description: "AppendEntries cuts the log behind its entries also where nothing conflicts",
    breaks: broken,
  },
  "stale-leader-read": {
    description:
      "a leader answers reads without asking whether it still leads, until somebody says otherwise",
    breaks: quickElections,
  },
  "read-before-no-op": {
    description:
      "a new leader answers reads by its old commit index, before an entry of its term is committed",
    breaks: roaming,
  },
  "lease-drift-inverted": {
    description:
      "a lease is lengthened by the bound on clock drift, not shortened: followers elect before it ends",
    breaks: leases,
  },
  "sessions-lost-with-log": {
    description:
      "clients' sessions go with the entries that a snapshot replaces: what comes again counts twice",
    breaks: { ...broken, targetOptions: { "snapshot-every": "5" } },
  },
  "members-by-answers": {
    description: "a leader takes servers that do not answer out of the configuration, without the log",
    breaks: quickElections,
  },
};
