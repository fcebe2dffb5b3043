import type { Key } from "../../../harness/history/index.ts";
import type { ModelOperation } from "../../models/index.ts";

/** Stands for a position that never comes: the completion of a crashed operation. */
export const NEVER = 0x7fff_ffff;

/** Operations that behave equally in every state, and so are interchangeable. */
export interface TransitionClass {
  /** One of them; the model is asked about it alone. */
  readonly operation: ModelOperation;
  readonly pure: boolean;
}

/**
 * The operations on one object, ready for the search: numbered from 0 in order of invocation. Completed operations are
 * known by their deadline, the position of their completion among all completions.
 */
export interface Problem {
  readonly key: Key | undefined;
  readonly size: number;
  /** Rows of the history. */
  readonly rows: Int32Array;
  /** Index into `classes` of each operation. */
  readonly classOf: Int32Array;
  readonly classes: readonly TransitionClass[];
  /** Position of the completion of each operation among the completions, or {@link NEVER}. */
  readonly deadlines: Int32Array;
  /** What happens, in real-time order: 2·operation for an invocation, 2·operation + 1 for a completion. */
  readonly events: Int32Array;
  readonly completions: number;
}

/**
 * The part of a problem that consists of the operations in `keep` (ascending), as it stood when the completion at
 * position `last` came: later completions never come. Pure operations that have not completed by then, and those that
 * were not yet invoked, are left out.
 *
 * Cost: O(operations + events).
 */
export function restrict(problem: Problem, keep: Uint8Array, last: number): Problem {
  const renumbered = new Int32Array(problem.size).fill(-1);
  const deadlines = new Int32Array(problem.size).fill(NEVER);
  const kept: number[] = [];
  const events: number[] = [];
  let completions = 0;
  let position = 0;
  for (const event of problem.events) {
    const operation = event >> 1;
    if ((event & 1) === 0) {
      const pure = (problem.classes[problem.classOf[operation] as number] as TransitionClass).pure;
      if (keep[operation] === 0 || (pure && (problem.deadlines[operation] as number) > last)) continue;
      renumbered[operation] = kept.length;
      events.push(kept.length << 1);
      kept.push(operation);
      continue;
    }
    const number = renumbered[operation] as number;
    if (number !== -1) {
      deadlines[number] = completions++;
      events.push((number << 1) | 1);
    }
    if (position++ === last) break;
  }
  return {
    key: problem.key,
    size: kept.length,
    rows: Int32Array.from(kept, (operation) => problem.rows[operation] as number),
    classOf: Int32Array.from(kept, (operation) => problem.classOf[operation] as number),
    classes: problem.classes,
    deadlines: deadlines.slice(0, kept.length),
    events: Int32Array.from(events),
    completions,
  };
}

/** The operation whose completion is the last event. */
export function lastOperation(problem: Problem): number {
  return (problem.events.at(-1) as number) >> 1;
}

/**
 * The problem with only those classes that its operations have: what is sized by the number of classes is small where the
 * problem is.
 */
export function compact(problem: Problem): Problem {
  const numbers = new Map<number, number>();
  const classes: TransitionClass[] = [];
  const classOf = problem.classOf.map((number) => {
    let found = numbers.get(number);
    if (found === undefined) {
      found = classes.push(problem.classes[number] as TransitionClass) - 1;
      numbers.set(number, found);
    }
    return found;
  });
  return { ...problem, classOf, classes };
}
