import type { HuntSpec } from "../cli/hunt/hunt-spec.ts";
import { type SeedThread, startSeedThread } from "../cli/hunt/hunt-thread.ts";
import { runSeed, type SeedOutcome } from "../cli/hunt/seed-outcome.ts";
import { targets } from "../cli/registries.ts";
import { monotonicMs } from "../harness/clock/index.ts";
import { type Guarantee, profileOf, type Target } from "../harness/ports/index.ts";
import type { Benchmark, Row, Size } from "./benchmark.ts";

/** What is asked of one protocol: that it keeps a promise, that it lacks what it lacks, that a mistake shows. */
export interface MatrixEntry {
  readonly kind: "promise" | "lack" | "bug";
  readonly protocol: string;
  /** The name of the bug, or the options with which the promise holds; empty for the protocol as it is. */
  readonly name: string;
  readonly guarantee: Guarantee;
  readonly spec: HuntSpec;
}

interface Effort {
  /** Seeds for each promise, all of which must be valid. */
  readonly promiseSeeds: number;
  /** How often each bug and each lack is looked for, each time from other seeds on. */
  readonly trials: number;
  /** How many threads; 0: none but the caller's. */
  readonly threads: number;
}

const EFFORTS: Readonly<Record<Size, Effort>> = {
  small: { promiseSeeds: 2, trials: 1, threads: 0 },
  full: { promiseSeeds: 1_000, trials: 5, threads: 2 },
};

/** A bug must show within so many seeds, and what a protocol lacks within so many. */
export const SEED_LIMITS: Readonly<Record<"bug" | "lack", number>> = { bug: 200, lack: 20 };

/** The share of a promise's seeds in which nothing of the load need be answered. With more, little was asked of it. */
const MOST_UNANSWERED = 0.01;

/** Trials begin so far from each other that no seed comes twice. */
const TRIAL_DISTANCE = 10_000;

/**
 * Every protocol against every promise, all faults and all seeds: not one violation and nothing undecided; and every
 * known mistake, which must be found. One row for each promise, lack and bug, of the protocols that are named in place
 * of files, or of all. A `problem` says what is not as it must be.
 */
export const bugMatrix: Benchmark = {
  name: "bug-matrix",
  description: "protocols keep their promises, and their bugs are found",
  run(size, { files: protocols }) {
    const asked = ({ protocol }: MatrixEntry) => protocols.length === 0 || protocols.includes(protocol);
    return measure(matrixEntries().filter(asked), EFFORTS[size]);
  },
};

/** The names of all protocols, in the order of their rows. */
export function matrixProtocols(): readonly string[] {
  return [...new Set(matrixEntries().map(({ protocol }) => protocol))];
}

/** Everything that is asked of the protocols of every simulated target. */
export function matrixEntries(): readonly MatrixEntry[] {
  return Object.values(targets)
    .filter(({ time }) => time === "virtual")
    .flatMap((target) =>
      (target.variants ?? []).flatMap(({ name, options }) => entriesOf(target, name, options)),
    );
}

function entriesOf(
  target: Target,
  protocol: string,
  options: Readonly<Record<string, string>>,
): MatrixEntry[] {
  const { promises, lacks, bugs } = profileOf(target, options);
  const entry = (kind: MatrixEntry["kind"], guarantee: Guarantee, bug?: string): MatrixEntry => ({
    kind,
    protocol,
    name: bug ?? ownOptions(guarantee),
    guarantee,
    spec: {
      target: target.name,
      fixed: {
        workload: guarantee.workload,
        consistency: guarantee.consistency,
        option: Object.entries({ ...guarantee.targetOptions, ...guarantee.workloadOptions }),
      },
    },
  });
  return [
    ...promises.map((promise) => entry("promise", promise)),
    ...lacks.map((lack) => entry("lack", lack)),
    ...Object.entries(bugs).map(([name, { breaks }]) => entry("bug", breaks, name)),
  ];
}

function ownOptions({ targetOptions = {} }: Guarantee): string {
  return Object.entries(targetOptions)
    .filter(([name]) => name !== "protocol")
    .map(([name, value]) => `${name}=${value}`)
    .join(" ");
}

type SeedRun = (spec: HuntSpec, seed: number) => Promise<SeedOutcome>;

async function measure(entries: readonly MatrixEntry[], effort: Effort): Promise<readonly Row[]> {
  const threads = Array.from({ length: effort.threads }, () => startSeedThread());
  const runners: readonly SeedRun[] = threads.length === 0 ? [runSeed] : threads.map(onThread);
  const rows: Row[] = new Array(entries.length);
  const left = entries.map((entry, position) => ({ entry, position })).reverse();
  const work = async (run: SeedRun): Promise<void> => {
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      const { entry, position } = next;
      rows[position] =
        entry.kind === "promise" ? await keeps(entry, effort, run) : await shows(entry, effort, run);
    }
  };
  try {
    await Promise.all(runners.map(work));
  } finally {
    await Promise.all(threads.map((thread) => thread.close()));
  }
  return rows;
}

function onThread(thread: SeedThread): SeedRun {
  return (spec, seed) => thread.run({ spec, seed });
}

async function keeps(entry: MatrixEntry, { promiseSeeds }: Effort, run: SeedRun): Promise<Row> {
  let unanswered = 0;
  const odd: string[] = [];
  const startMs = monotonicMs();
  for (let seed = 1; seed <= promiseSeeds; seed++) {
    const { validity, reasons, anomalies, answered } = await run(entry.spec, seed);
    if (!answered) unanswered++;
    if (validity !== "valid") odd.push(`seed ${seed} ${validity}: ${[...anomalies, ...reasons].join(", ")}`);
  }
  const seconds = (monotonicMs() - startMs) / 1_000;
  if (unanswered > promiseSeeds * MOST_UNANSWERED) odd.push(`${unanswered} seeds unanswered`);
  return row(entry, {
    trials: 1,
    seeds: promiseSeeds,
    "worst seeds": promiseSeeds,
    unanswered,
    s: seconds,
    "worst s": seconds,
    problem: odd.length === 0 ? "" : `${odd.length} odd; ${odd.slice(0, 3).join("; ")}`,
  });
}

async function shows(entry: MatrixEntry, { trials }: Effort, run: SeedRun): Promise<Row> {
  const limit = SEED_LIMITS[entry.kind === "bug" ? "bug" : "lack"];
  const seeds: number[] = [];
  const seconds: number[] = [];
  let missed = 0;
  for (let trial = 0; trial < trials; trial++) {
    const startMs = monotonicMs();
    const needed = await seedsUntilInvalid(entry.spec, trial * TRIAL_DISTANCE + 1, limit, run);
    if (needed === undefined) missed++;
    seeds.push(needed ?? limit);
    seconds.push((monotonicMs() - startMs) / 1_000);
  }
  return row(entry, {
    trials,
    seeds: median(seeds),
    "worst seeds": Math.max(...seeds),
    unanswered: 0,
    s: median(seconds),
    "worst s": Math.max(...seconds),
    problem: missed === 0 ? "" : `not found in ${limit} seeds, ${missed} times of ${trials}`,
  });
}

async function seedsUntilInvalid(
  spec: HuntSpec,
  firstSeed: number,
  limit: number,
  run: SeedRun,
): Promise<number | undefined> {
  for (let count = 1; count <= limit; count++) {
    if ((await run(spec, firstSeed + count - 1)).validity === "invalid") return count;
  }
  return undefined;
}

interface Measured {
  readonly trials: number;
  readonly seeds: number;
  readonly "worst seeds": number;
  /** Seeds of a promise in which nothing of the load was answered: valid, but they say little. */
  readonly unanswered: number;
  readonly s: number;
  readonly "worst s": number;
  readonly problem: string;
}

function row({ kind, protocol, name, guarantee }: MatrixEntry, measured: Measured): Row {
  return {
    kind,
    protocol,
    name,
    consistency: guarantee.consistency,
    workload: guarantee.workload,
    ...measured,
    s: Number(measured.s.toFixed(2)),
    "worst s": Number(measured["worst s"].toFixed(2)),
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] as number;
}
