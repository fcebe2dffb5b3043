import { linearizable, models } from "../checkers/index.ts";
import { generatedHistory } from "../checkers/testing/generated-history.ts";
import { type GeneratedName, generatedKinds } from "../checkers/testing/generated-objects.ts";
import { monotonicMs } from "../harness/clock/index.ts";
import { type History, historyOf } from "../harness/history/index.ts";
import type { Benchmark, Row, Size } from "./benchmark.ts";

const SIZES: Readonly<Record<Size, readonly number[]>> = {
  small: [100, 200, 400],
  full: [10_000, 31_623, 100_000, 316_228, 1_000_000],
};
const CLIENTS: Readonly<Record<Size, number>> = { small: 2, full: 10 };

/** Kinds of objects that a special checker decides in O(n log n). */
const KINDS: readonly GeneratedName[] = [
  "register, distinct values",
  "cas-register, distinct values",
  "set",
  "queue",
  "stack",
  "priority queue",
  "counter",
  "unique identifiers",
];

/** Of several runs the fastest counts: the others were disturbed. */
const RUNS: Readonly<Record<Size, number>> = { small: 1, full: 3 };

/** How the time of the checker alone grows with the length of a valid history, and the exponent that fits best. */
export const scaling: Benchmark = {
  name: "scaling",
  description: "milliseconds of the check alone, by operations, and the slope of its log-log fit",
  async run(size) {
    return KINDS.map((kind): Row => {
      const historyWith = (operations: number) =>
        historyOf(
          generatedHistory(generatedKinds[kind].create(), { operations, clients: CLIENTS[size], seed: 1 }),
        );
      // The first run compiles: it would count for the shortest history alone.
      fastest(historyWith(SIZES[size][0] as number), kind, RUNS[size]);
      const points = SIZES[size].map((operations) => ({
        operations,
        ...fastest(historyWith(operations), kind, RUNS[size]),
      }));
      return {
        history: kind,
        checker: [...new Set(points.map(({ checker }) => checker))].join(", "),
        verdict: [...new Set(points.map(({ validity }) => validity))].join(", "),
        ...Object.fromEntries(points.map(({ operations, ms }) => [`${operations} ops ms`, ms.toFixed(1)])),
        slope: slope(points).toFixed(2),
      };
    });
  },
};

interface Timed {
  readonly ms: number;
  readonly checker: string;
  readonly validity: string;
}

function fastest(history: History, kind: GeneratedName, runs: number): Timed {
  let best: Timed | undefined;
  for (let run = 0; run < runs; run++) {
    const startMs = monotonicMs();
    const { validity, decidedBy = {} } = linearizable(models[generatedKinds[kind].model].create()).check(
      history,
    );
    const ms = monotonicMs() - startMs;
    if (best === undefined || ms < best.ms)
      best = { ms, validity, checker: Object.keys(decidedBy).join(", ") };
  }
  return best as Timed;
}

/** The exponent e for which operations^e fits the times best: least squares on logarithms. */
export function slope(points: readonly { readonly operations: number; readonly ms: number }[]): number {
  const x = points.map(({ operations }) => Math.log(operations));
  const y = points.map(({ ms }) => Math.log(ms));
  const meanX = mean(x);
  const meanY = mean(y);
  const covariance = mean(x.map((value, at) => (value - meanX) * ((y[at] as number) - meanY)));
  return covariance / mean(x.map((value) => (value - meanX) ** 2));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
