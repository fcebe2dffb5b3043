import { canonicalJson } from "../../../harness/history/index.ts";
import type { Model } from "../../models/index.ts";
import { flows, NEEDS_NONE, NEEDS_SOME } from "../preparation/flow.ts";
import { NEVER, type Problem, type TransitionClass } from "../preparation/problem.ts";

/** A problem in which more operations are due, and what its positions were before. */
export interface PulledBack {
  readonly problem: Problem;
  /** The position in the problem that was given: a completion that was put in counts as the one that it precedes. */
  originalPosition(position: number): number;
}

/**
 * Gives a crashed operation a completion where its effect was certainly observed: it alone leaves a state v, v is not
 * the initial state, and an operation that can succeed only in v has completed. The crashed one took effect before
 * that, so it is due just before the completion of its first observer. Being due it observes too, by then, the state
 * that it needs itself.
 *
 * Nothing else changes: whatever order the problem had, it still has, and the first completion that cannot be placed
 * is the same. Where nothing is pulled back the problem is given back as it is.
 *
 * Cost: O(n) where anything crashed.
 */
export function pulledBack(problem: Problem, model: Model): PulledBack {
  const unchanged = { problem, originalPosition: (position: number) => position };
  const { dataflow } = model;
  const { size, classes, classOf, deadlines, events, completions } = problem;
  if (dataflow === undefined || !deadlines.includes(NEVER)) return unchanged;

  const flowOf = flows(dataflow);
  const flowOfClass = classes.map(({ operation }) => flowOf(operation));
  /** The one operation that leaves a state; -1 where there are several. */
  const source = new Map<string, number>();
  const initial = canonicalJson(model.init);
  for (let operation = 0; operation < size; operation++) {
    const number = classOf[operation] as number;
    if ((classes[number] as TransitionClass).pure) continue;
    const { leaves } = flowOfClass[number] as (typeof flowOfClass)[number];
    // It may leave any state at all.
    if (leaves === undefined) return unchanged;
    source.set(leaves, leaves === initial || source.has(leaves) ? -1 : operation);
  }

  const calls = new Int32Array(size);
  let passed = 0;
  const firstObserved = new Map<number, number>();
  /** The crashed operation that this one shows to have taken effect, if it had not been seen to before `position`. */
  const observe = (operation: number, position: number): number => {
    const { needs } = flowOfClass[classOf[operation] as number] as (typeof flowOfClass)[number];
    if (needs === NEEDS_NONE || needs === NEEDS_SOME) return -1;
    const found = source.get(needs) ?? -1;
    if (found === -1 || found === operation || deadlines[found] !== NEVER || firstObserved.has(found))
      return -1;
    // Nobody can have seen it before it was invoked; the search says so of the observer.
    if (!isInvoked[found]) return -1;
    firstObserved.set(found, position);
    return found;
  };
  const isInvoked = new Uint8Array(size);
  const pulledEvents: number[] = [];
  const originals: number[] = [];
  const pulledDeadlines = deadlines.slice();
  for (const event of events) {
    const operation = event >> 1;
    if ((event & 1) === 0) {
      isInvoked[operation] = 1;
      calls[operation] = passed;
      pulledEvents.push(event);
      continue;
    }
    const chain: number[] = [];
    for (let at = observe(operation, passed); at !== -1; at = observe(at, passed)) chain.push(at);
    for (const pulled of chain.reverse()) {
      pulledDeadlines[pulled] = originals.length;
      originals.push(passed);
      pulledEvents.push((pulled << 1) | 1);
    }
    pulledDeadlines[operation] = originals.length;
    originals.push(passed++);
    pulledEvents.push(event);
  }
  if (firstObserved.size === 0) return unchanged;
  return {
    problem: {
      ...problem,
      deadlines: pulledDeadlines,
      events: Int32Array.from(pulledEvents),
      completions: originals.length,
    },
    originalPosition: (position) => originals[position] ?? completions,
  };
}
