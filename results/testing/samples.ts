import type { Evidence } from "../../checkers/evidence.ts";
import type { PhaseStats } from "../../checkers/stats.ts";
import type { CheckResult } from "../../harness/ports/index.ts";
import type { Manifest } from "../manifest.ts";
import type { Verdict } from "../verdict.ts";

const load: PhaseStats = {
  total: { ok: 95, fail: 4, info: 1 },
  operations: { read: { ok: 50, fail: 1, info: 0 }, write: { ok: 45, fail: 3, info: 1 } },
  errors: { timeout: 1, "not-leader": 4 },
};

const recovery: PhaseStats = {
  total: { ok: 3, fail: 0, info: 0 },
  operations: { read: { ok: 3, fail: 0, info: 0 } },
  errors: {},
};

const evidence: Evidence = {
  stats: { load, recovery },
  faults: [
    {
      fault: 0,
      kind: "partition",
      window: {
        startIndex: 20,
        endIndex: 80,
        startTimeNs: 2_000_000_000,
        endTimeNs: 3_500_000_000,
        inForceFromIndex: 20,
        inForceToIndex: 80,
      },
      failed: false,
      effective: true,
      details: ["4 links blocked", "412 packets dropped"],
      okDuring: { read: 10, write: 5 },
    },
    {
      fault: 1,
      kind: "kill",
      window: {
        startIndex: 90,
        endIndex: 95,
        startTimeNs: 4_000_000_000,
        endTimeNs: 4_250_000_000,
        inForceFromIndex: 90,
        inForceToIndex: 95,
      },
      failed: true,
      effective: false,
      details: ["kill failed: no such node"],
      okDuring: {},
    },
  ],
  finalReads: { keys: 2, unread: 0 },
  okBeforeFirstFault: { read: 8, write: 2 },
};

const passed = (checker: string): CheckResult => ({ checker, validity: "valid", anomalies: [], reasons: [] });

/** A run that came out valid. */
export const validVerdict: Verdict = {
  schema: 1,
  validity: "valid",
  consistency: "linearizable",
  model: "cas-register",
  checks: [passed("linearizable"), passed("evidence")],
  history: { operations: 103, events: 206, interrupted: false },
  stats: { load, recovery },
  evidence,
  warnings: [],
};

/** A history file with violations on five keys, without any run around it. */
export const invalidVerdict: Verdict = {
  ...validVerdict,
  validity: "invalid",
  checks: [
    {
      checker: "linearizable",
      validity: "invalid",
      anomalies: [0, 1, 2, 3, 4].map((key) => ({
        type: "nonlinearizable",
        ...(key === 4 ? {} : { key: `k${key}` }),
        message: `read 1 saw 7,\nwhich nobody had written`,
        operations: [3, 5, 8],
      })),
      reasons: [],
    },
  ],
  stats: { load },
  evidence: null,
  warnings: ["line 12: the time goes back by 5 ns"],
};

/** A run that was interrupted and proved too little. */
export const unknownVerdict: Verdict = {
  ...validVerdict,
  validity: "unknown",
  checks: [
    {
      checker: "linearizable",
      validity: "unknown",
      anomalies: [],
      reasons: [{ code: "budget-time", message: "undecided after 60 s:\nkey k3 of 12" }],
    },
    {
      checker: "evidence",
      validity: "unknown",
      anomalies: [],
      reasons: [
        { code: "no-recovery", message: "the run ended before the faults were healed", hint: "let it end" },
      ],
    },
  ],
  history: { operations: 100, events: 199, interrupted: true },
  stats: { load },
  evidence: { ...evidence, faults: [], okBeforeFirstFault: {} },
};

/** A run of raft under two kinds of fault. */
export const manifest: Manifest = {
  schema: 1,
  runId: "0123456789",
  startedAt: "2025-01-02T03:04:05.678Z",
  command: ["run", "--nemesis", "partition,kill"],
  seed: 42,
  target: "reference-store",
  environment: "sim",
  targetOptions: { protocol: "raft" },
  workload: "register",
  workloadOptions: { keys: "0" },
  model: "cas-register",
  consistency: "linearizable",
  nodes: ["n1", "n2", "n3"],
  concurrency: 9,
  rateHz: 200,
  burst: 1,
  timeLimitNs: 20_000_000_000,
  recoveryLimitNs: 20_000_000_000,
  opTimeoutNs: 2_000_000_000,
  faults: [
    { kind: "partition", variants: ["one"] },
    { kind: "kill", variants: ["one", "all"] },
  ],
  schedule: [
    {
      timeNs: 2_000_000_000,
      f: "partition",
      value: { fault: 0, kind: "partition", plan: { drops: { n1: ["n2", "n3"] } } },
    },
    {
      timeNs: 3_500_000_000,
      f: "heal",
      value: { fault: 0, kind: "partition", plan: { drops: { n1: ["n2", "n3"] } } },
    },
  ],
  waived: ["no-final-reads"],
  versions: { assay: "0.1.0", node: "v20.19.0" },
  end: { interrupted: false, environmentProblem: null },
  git: { commit: "4b825dc642cb6eb9a060e54bf8d69288fbee4904", dirty: true },
};
