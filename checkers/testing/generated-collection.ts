import type { Random } from "../../harness/clock/random.ts";
import type { Json } from "../../harness/history/index.ts";
import type { GeneratedObject, GeneratedOperation } from "./generated-history.ts";

/** How a collection of distinct values hands them out, and what its operations are called. */
interface Discipline {
  readonly put: string;
  readonly take: string;
  /** The value of the n-th put. */
  value(ordinal: number): number;
  /** Where in the collection, oldest first, the next value to be taken stands. */
  next(values: readonly number[]): number;
}

/** First in, first out. A wrong answer is "empty" of one that certainly is not. */
export function generatedQueue(): GeneratedObject {
  return generatedCollection({ put: "enqueue", take: "dequeue", value: (ordinal) => ordinal, next: () => 0 });
}

/** Last in, first out. */
export function generatedStack(): GeneratedObject {
  return generatedCollection({
    put: "push",
    take: "pop",
    value: (ordinal) => ordinal,
    next: (values) => values.length - 1,
  });
}

/** The largest first; priorities come in no order. */
export function generatedPriorityQueue(): GeneratedObject {
  return generatedCollection({
    put: "insert",
    take: "poll",
    // An odd factor permutes the numbers below 2^32.
    value: (ordinal) => Math.imul(ordinal + 1, 0x9e3779b1) >>> 0,
    next: (values) => values.indexOf(values.reduce((a, b) => Math.max(a, b))),
  });
}

/** Values that are held at most, so that a step costs the same however long the history is. */
const LARGEST = 200;

function generatedCollection({ put, take, value, next }: Discipline): GeneratedObject {
  const held: number[] = [];
  let puts = 0;
  /** Takes that were invoked and have not returned; those that crashed stay. */
  let openTakes = 0;
  /** By value: the number of events before the completion of its put. */
  const putAt = new Map<number, number>();
  return {
    invoke(random: Random, quiet) {
      const puttingChance = quiet ? 0.6 : held.length > LARGEST ? 0.3 : 0.5;
      return random.chance(puttingChance) ? { f: put, value: value(puts++) } : { f: take, value: null };
    },
    apply(f, given) {
      if (f === put) {
        held.push(given as number);
        return given;
      }
      if (held.length === 0) return null;
      const [taken = null] = held.splice(next(held), 1);
      putAt.delete(taken as number);
      return taken;
    },
    called({ f }) {
      if (f === take) openTakes++;
    },
    returned({ f, value: given }, at) {
      if (f === take) openTakes--;
      else if (held.includes(given as number)) putAt.set(given as number, at);
    },
    wrongAnswer({ f, call }: GeneratedOperation): Json | undefined {
      if (f !== take) return undefined;
      let certain = 0;
      for (const at of putAt.values()) if (at < call) certain++;
      // What is held now can have been taken before by operations that are open, one by each.
      return certain > openTakes ? null : undefined;
    },
  };
}
