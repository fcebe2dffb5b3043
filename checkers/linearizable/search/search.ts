import { invariant } from "../../../harness/errors.ts";
import { BudgetExceeded, type Exhausted, type Meter } from "../meter.ts";
import type { Problem } from "../preparation/problem.ts";
import { BreadthFirst, Trace } from "./breadth-first.ts";
import { DepthFirst } from "./depth-first.ts";
import { linearization } from "./linearization.ts";
import { LocalRefutation } from "./local-refutation.ts";
import { type PulledBack, pulledBack } from "./pulled-back.ts";
import { ALL_REDUCTIONS, type Reductions } from "./reductions.ts";
import { INITIAL, type Transitions } from "./transitions.ts";
import type { Progress, Walk } from "./walk.ts";
import type { Setting } from "./window.ts";

export { ALL_REDUCTIONS, type Reductions } from "./reductions.ts";

/** Plain data, which a thread can send to another. */
export type SearchResult =
  | { readonly verdict: "valid"; readonly progress: Progress }
  /** The completion at `progress.position` cannot be placed; everything before it can. */
  | { readonly verdict: "invalid"; readonly progress: Progress }
  | { readonly verdict: "unknown"; readonly exhausted: Exhausted; readonly progress: Progress };

/** Steps without getting further after which depth first gives way for as many; doubled each time. */
const FIRST_PATIENCE = 1 << 14;
/** Steps that each completion is worth, besides. */
const STEPS_PER_COMPLETION = 50;
/** Steps between two looks at the patience. */
const SLICE = 1 << 12;

/**
 * Looks for a linearization: an order of all completed and some crashed operations that extends real time and in which
 * the model gives every answer that was seen.
 *
 * Depth first finds an order fast where there is one ({@link DepthFirst}). Where it gets no further, it takes turns with
 * a look at the stretch just before the completion that it cannot place ({@link LocalRefutation}) and with breadth
 * first from the beginning ({@link BreadthFirst}), each turn twice as long as the last; the first answer counts.
 *
 * Cost: O(n·k) for n operations, k open at a time, where no backtracking is needed. In the worst case exponential in the
 * number of open operations that differ and do not overwrite everything.
 */
export function search(
  problem: Problem,
  transitions: () => Transitions,
  meter: Meter,
  reductions: Reductions = ALL_REDUCTIONS,
): SearchResult {
  const found = begin(problem, transitions, meter, reductions);
  const { end, progress } = found;
  if (typeof end === "object" && "exhausted" in end) return { verdict: "unknown", ...end, progress };
  return { verdict: end === "invalid" ? end : "valid", progress };
}

/**
 * A linearization as {@link search} looks for it, put in writing: all operations that completed, and the crashed ones that it
 * makes use of, by number. Undefined where there is none, or where the budget does not suffice.
 *
 * Cost: that of the search, and that of breadth first once more where it was breadth first that found it; O(n·k) beside.
 */
export function findOrder(
  problem: Problem,
  transitions: () => Transitions,
  meter: Meter,
  reductions: Reductions = ALL_REDUCTIONS,
): Int32Array | undefined {
  const { search, end } = begin(problem, transitions, meter, reductions);
  if (search === undefined || end === "invalid" || "exhausted" in end) return undefined;
  try {
    return orderOf(search, end);
  } catch (error) {
    if (!(error instanceof BudgetExceeded)) throw error;
    return undefined;
  }
}

interface Found {
  readonly search: Search | undefined;
  /** The walk that found an order, that there is none, or what ran out. */
  readonly end: Walk | "invalid" | { readonly exhausted: Exhausted };
  readonly progress: Progress;
}

function begin(
  problem: Problem,
  transitions: () => Transitions,
  meter: Meter,
  reductions: Reductions,
): Found {
  let search: Search | undefined;
  let end: Found["end"];
  try {
    search = prepare(problem, transitions(), meter, reductions);
    end = decide(search);
  } catch (error) {
    if (!(error instanceof BudgetExceeded)) throw error;
    end = { exhausted: error.exhausted };
  }
  const progress = { position: 0, completions: problem.completions, open: 0, configurations: 0 };
  if (search === undefined) return { search, end, progress };
  const { position, open } = search.furthest;
  const configurations = search.walks.reduce((sum, walk) => sum + walk.progress.configurations, 0);
  return {
    search,
    end,
    progress: { ...progress, position: search.pulled.originalPosition(position), open, configurations },
  };
}

interface Search {
  readonly pulled: PulledBack;
  readonly setting: Setting;
  readonly transitions: Transitions;
  readonly reductions: Reductions;
  readonly meter: Meter;
  /** Those that were begun. */
  readonly walks: Walk[];
  /** Of all walks the one that got furthest. */
  readonly furthest: Progress;
}

function prepare(problem: Problem, transitions: Transitions, meter: Meter, reductions: Reductions): Search {
  const unchanged: PulledBack = { problem, originalPosition: (position) => position };
  const pulled = reductions.pulledBack ? pulledBack(problem, transitions.model) : unchanged;
  const walks: Walk[] = [];
  return {
    pulled,
    setting: {
      problem: pulled.problem,
      openAtStart: 0,
      isBlind: (number) => reductions.coveredWrites && transitions.isBlind(number),
    },
    transitions,
    reductions,
    meter,
    walks,
    get furthest() {
      let furthest: Progress = { position: 0, completions: 0, open: 0, configurations: 0 };
      for (const { progress } of walks) if (progress.position >= furthest.position) furthest = progress;
      return furthest;
    },
  };
}

/** The walk that found an order, or that there is none. */
function decide(search: Search): Walk | "invalid" {
  const { setting, transitions, reductions, meter, walks } = search;
  const beginBreadth = () => {
    const breadth = new BreadthFirst(setting, transitions, reductions, meter, [INITIAL]);
    walks.push(breadth);
    return breadth;
  };
  if (reductions.strategy === "breadth") return toTheEnd(beginBreadth());
  const depth = new DepthFirst(setting, transitions, reductions, meter, INITIAL);
  walks.push(depth);
  if (reductions.strategy === "depth") return toTheEnd(depth);

  const local = new LocalRefutation(setting, transitions, reductions, meter);
  let breadth: BreadthFirst | undefined;
  let allowed = 0;
  for (let patience = FIRST_PATIENCE; ; patience *= 2) {
    allowed += patience;
    for (let spent = depth.steps; spent < allowed + STEPS_PER_COMPLETION * depth.progress.position; ) {
      const verdict = depth.run(SLICE);
      if (verdict !== undefined) return verdict === "valid" ? depth : "invalid";
      spent = depth.steps;
    }
    if (reductions.localRefutation && local.refutes(search.furthest.position, patience)) return "invalid";
    breadth ??= beginBreadth();
    const verdict = breadth.run(patience);
    if (verdict !== undefined) return verdict === "valid" ? breadth : "invalid";
  }
}

function toTheEnd(walk: Walk): Walk | "invalid" {
  for (;;) {
    const verdict = walk.run(SLICE);
    if (verdict !== undefined) return verdict === "valid" ? walk : "invalid";
  }
}

function orderOf({ setting, transitions, reductions, meter }: Search, walk: Walk): Int32Array {
  let { path } = walk;
  if (path === undefined) {
    // Breadth first keeps nothing of the past: it is gone over once more, with notes.
    const again = new BreadthFirst(setting, transitions, reductions, meter, [INITIAL], new Trace(meter));
    const verdict = toTheEnd(again);
    invariant(verdict !== "invalid", "an order that was found is found again");
    path = again.tracedPath();
  }
  return linearization(setting, transitions, reductions, meter, path);
}
