import type { ThreadSet } from "./thread-set.ts";

/**
 * Remembers what a pure function makes of a set of threads, by the identity of the set. Which threads are in view
 * hardly ever changes during a run, so what depends on them alone need not be worked out at each question.
 */
export function oncePerThreads<T extends object>(
  derive: (threads: ThreadSet) => T,
): (threads: ThreadSet) => T {
  const known = new WeakMap<ThreadSet, T>();
  return (threads) => {
    let result = known.get(threads);
    if (result === undefined) {
      result = derive(threads);
      known.set(threads, result);
    }
    return result;
  };
}
