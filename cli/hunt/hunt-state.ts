import type { HuntSpec } from "./hunt-spec.ts";
import type { SeedOutcome } from "./seed-outcome.ts";

/** A seed that violated what was judged, and where its run is kept. */
export interface Violation {
  readonly seed: number;
  readonly consistency: string;
  readonly anomalies: readonly string[];
  /** The name of its folder in that of the hunt. */
  readonly folder: string;
}

/**
 * How far a hunt is: what its seeds came to, from the first one on without a gap. So it is a function of the hunt's
 * parameters and of the number of seeds, whatever the number of workers. The content of `hunt.json`.
 */
export interface HuntState extends HuntSpec {
  /** Version of this format; members may be added within a version. */
  readonly schema: 1;
  readonly firstSeed: number;
  /** How many seeds there are to be at most. */
  readonly seeds: number;
  readonly keepGoing: boolean;
  /** How many seeds are done: `firstSeed` and those that follow. */
  readonly done: number;
  readonly counts: { readonly valid: number; readonly invalid: number; readonly unknown: number };
  /** Why seeds came out unknown: how many by code. */
  readonly reasons: Readonly<Record<string, number>>;
  /** The first of them. */
  readonly unknownSeeds: readonly number[];
  /** How many seeds came to an end without an answer to any operation of the load: they say little. */
  readonly unanswered: number;
  readonly violations: readonly Violation[];
  readonly operations: number;
  readonly simulatedNs: number;
  /** Distinct states of the protocol, in its own words, and the faults that were in force together. */
  readonly states: readonly string[];
  readonly combinations: readonly string[];
  /** How many faults of each kind had an effect. */
  readonly effects: Readonly<Record<string, number>>;
  /** What it took so far, in all sittings. */
  readonly elapsedMs: number;
  /** The version of assay that did it; another one may find other things. */
  readonly version: string;
}

/** A hunt that has not begun. */
export function newHunt(
  given: Pick<HuntState, "target" | "fixed" | "firstSeed" | "seeds" | "keepGoing" | "version">,
): HuntState {
  return {
    schema: 1,
    ...given,
    done: 0,
    counts: { valid: 0, invalid: 0, unknown: 0 },
    reasons: {},
    unknownSeeds: [],
    unanswered: 0,
    violations: [],
    operations: 0,
    simulatedNs: 0,
    states: [],
    combinations: [],
    effects: {},
    elapsedMs: 0,
  };
}

const UNKNOWN_SEEDS_KEPT = 100;

/** The state after one more seed, which is the next one. */
export function withOutcome(state: HuntState, outcome: SeedOutcome): HuntState {
  const { validity, seed, consistency, anomalies } = outcome;
  return {
    ...state,
    done: state.done + 1,
    counts: { ...state.counts, [validity]: state.counts[validity] + 1 },
    reasons: added(state.reasons, Object.fromEntries(outcome.reasons.map((code) => [code, 1]))),
    unknownSeeds:
      validity === "unknown" && state.unknownSeeds.length < UNKNOWN_SEEDS_KEPT
        ? [...state.unknownSeeds, seed]
        : state.unknownSeeds,
    violations:
      validity === "invalid"
        ? [...state.violations, { seed, consistency, anomalies, folder: folderOfSeed(seed) }]
        : state.violations,
    unanswered: state.unanswered + (outcome.answered ? 0 : 1),
    operations: state.operations + outcome.operations,
    simulatedNs: state.simulatedNs + outcome.simulatedNs,
    states: union(state.states, outcome.states),
    combinations: union(state.combinations, outcome.combinations),
    effects: added(state.effects, outcome.effects),
  };
}

/** What the folder of a seed's run is called. */
export function folderOfSeed(seed: number): string {
  return `seed-${seed}`;
}

function union(known: readonly string[], more: readonly string[]): readonly string[] {
  const all = new Set(known);
  const fresh = more.filter((each) => !all.has(each));
  return fresh.length === 0 ? known : [...known, ...fresh];
}

function added(
  counts: Readonly<Record<string, number>>,
  more: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const sum: Record<string, number> = { ...counts };
  for (const [name, count] of Object.entries(more)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}
