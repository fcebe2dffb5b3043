import { drawRun } from "../cli/hunt/draw-run.ts";
import { kindsOfAnomaly } from "../cli/hunt/seed-outcome.ts";
import { Attempts } from "../cli/shrink/attempts.ts";
import { shrink } from "../cli/shrink/shrink.ts";
import { sizeOf } from "../cli/shrink/size.ts";
import { simulateRun } from "../cli/simulate-run.ts";
import { monotonicMs } from "../harness/clock/index.ts";
import { invariant } from "../harness/errors.ts";
import type { Benchmark, Row, Size } from "./benchmark.ts";

/** Bugs of different kinds, one a protocol. */
const BUGS: readonly (readonly [protocol: string, bug: string])[] = [
  ["chain-replication", "head-acknowledges"],
  ["raft", "stale-leader-read"],
  ["raft", "ack-before-fsync"],
  ["multi-paxos", "skip-prepare"],
  ["viewstamped-replication", "half-view-change"],
  ["primary-local-reads", "acknowledge-when-ordered"],
  ["causal-primary", "ignore-context"],
  ["gossip", "pull-replaces"],
  ["crdt", "forget-tombstones"],
  ["lease-lock", "no-fencing"],
  ["two-phase-commit", "release-locks-at-prepare"],
  ["saga", "saga-not-logged"],
];

interface Effort {
  readonly bugs: number;
  /** Smaller runs that are tried at most for each. */
  readonly budget: number;
}

const EFFORTS: Readonly<Record<Size, Effort>> = {
  small: { bugs: 1, budget: 400 },
  full: { bugs: BUGS.length, budget: 5_000 },
};

const SEED_LIMIT = 200;

/** How small a run becomes that shows a bug: of the first seed of a hunt that does, as `assay shrink` makes it. */
export const shrinking: Benchmark = {
  name: "shrink",
  description: "runs that show a bug, and how little of them is left",
  async run(size) {
    const { bugs, budget } = EFFORTS[size];
    const rows: Row[] = [];
    for (const [protocol, bug] of BUGS.slice(0, bugs)) rows.push(await shrunk(protocol, bug, budget));
    return rows;
  },
};

async function shrunk(protocol: string, bug: string, budget: number): Promise<Row> {
  for (let seed = 1; seed <= SEED_LIMIT; seed++) {
    const plan = drawRun({ target: "reference-store", fixed: { protocol, bug } }, seed);
    const run = await simulateRun(plan);
    const [anomaly] = kindsOfAnomaly(run.verdict);
    if (anomaly === undefined) continue;
    const startMs = monotonicMs();
    const attempts = new Attempts({ anomaly, budget, over: () => false });
    const small = await shrink(plan, run, attempts);
    invariant(small !== undefined, `${protocol} with ${bug}, seed ${seed}: nothing smaller shows ${anomaly}`);
    const { operations, clients, keys, nodes, faults } = sizeOf(small.plan);
    return {
      protocol,
      bug,
      seed,
      anomaly,
      "operations before": run.history.length,
      operations,
      clients,
      keys,
      nodes,
      faults,
      runs: attempts.runs,
      s: Number(((monotonicMs() - startMs) / 1_000).toFixed(1)),
    };
  }
  throw new Error(`${protocol} with ${bug} shows nothing in ${SEED_LIMIT} seeds`);
}
