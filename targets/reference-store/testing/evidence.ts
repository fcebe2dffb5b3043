import type { ChaosRun } from "./chaos-run.ts";

/** What is counted of a run without being told. */
const OF_EVERY_RUN: Readonly<Record<string, (run: ChaosRun) => number>> = {
  /** Faults that had an effect. */
  faults: ({ effectiveFaults }) => effectiveFaults,
  /** Operations that succeeded. */
  acknowledged: ({ operations }) => operations.filter(({ type }) => type === "ok").length,
};

interface Evidence<Name extends string> {
  /** Counts one run: what it is told of it, and `faults` and `acknowledged` by itself. */
  count(run: ChaosRun, told?: Partial<Readonly<Record<Name, number>>>): void;
  /** What there was too little of; all of it where no run was counted. */
  lacking(): readonly string[];
}

/** Gathers what chaos runs saw on their way, which is to be more than `bounds` a run, on the average, to mean something. */
export function evidenceBeyond<Name extends string>(bounds: Readonly<Record<Name, number>>): Evidence<Name> {
  const totals = new Map<Name, number>();
  let runs = 0;
  return {
    count(run, told = {}) {
      runs++;
      for (const name of Object.keys(bounds) as Name[]) {
        const seen = told[name] ?? OF_EVERY_RUN[name]?.(run) ?? 0;
        totals.set(name, (totals.get(name) ?? 0) + seen);
      }
    },
    lacking() {
      return (Object.entries(bounds) as [Name, number][]).flatMap(([name, bound]) => {
        const mean = (totals.get(name) ?? 0) / Math.max(1, runs);
        return mean > bound ? [] : [`${mean} ${name} a run, which is not more than ${bound}`];
      });
    },
  };
}
