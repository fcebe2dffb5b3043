import { NEEDS_NONE } from "./flow.ts";
import { type Interval, needsOneState } from "./intervals.ts";

/**
 * The operations that were left out although the rest proves nothing without them; empty where "the rest has no order"
 * implies that the whole has none.
 *
 * Taking away a pure operation always is sound: it only takes away a constraint. Taking away one that leaves a state v
 * is sound when no operation that is left can have found v there through it: each one that needs v was over before it was invoked,
 * or ran after another operation that is left had set a state in between. Then an order of the whole stays legal when it
 * goes. An operation with an effect but without a known state never goes.
 *
 * Beside being sound, a witness should tell the story: of the operations that wrote what is observed, the last
 * always stays, so that a stale read does not come out as a value that nobody wrote.
 *
 * Cost: O(m log m) for m operations.
 */
export function missing(all: readonly Interval[], keep: Uint8Array): number[] {
  const kept = all.filter(({ operation }) => keep[operation] === 1);
  const back = new Set<number>();
  const gone = new Map<string, Interval[]>();
  const goneSetters: Interval[] = [];
  const writers = new Map<string, Interval[]>();
  for (const interval of all) {
    if (interval.pure) continue;
    if (interval.leaves === undefined) {
      if (keep[interval.operation] === 0) back.add(interval.operation);
      continue;
    }
    add(writers, interval.leaves, interval);
    if (keep[interval.operation] === 1) continue;
    add(gone, interval.leaves, interval);
    goneSetters.push(interval);
  }
  const setBefore = lastSetBefore(kept);
  for (const observer of kept) {
    if (observer.needs === NEEDS_NONE) continue;
    const suspects = needsOneState(observer) ? (gone.get(observer.needs) ?? []) : goneSetters;
    const since = setBefore(observer.call);
    for (const writer of suspects) {
      if (writer.call < observer.ret && writer.ret > since) back.add(writer.operation);
    }
    if (!needsOneState(observer)) continue;
    const source = lastSource(writers.get(observer.needs) ?? [], observer, keep);
    if (source !== undefined && keep[source.operation] === 0) back.add(source.operation);
  }
  return [...back];
}

/** Of the operations that wrote what `observer` needs, one that is kept, or else the last one. */
function lastSource(
  writers: readonly Interval[],
  observer: Interval,
  keep: Uint8Array,
): Interval | undefined {
  let last: Interval | undefined;
  for (let index = writers.length - 1; index >= 0; index--) {
    const writer = writers[index] as Interval;
    if (writer.call > observer.ret || writer === observer) continue;
    if (keep[writer.operation] === 1) return writer;
    last ??= writer;
  }
  return last;
}

/** For an instant: when the last operation was invoked that set a state and had returned by then. */
function lastSetBefore(kept: readonly Interval[]): (instant: number) => number {
  const setters = kept
    .filter(({ leaves, ret }) => leaves !== undefined && ret !== Number.POSITIVE_INFINITY)
    .sort((a, b) => a.ret - b.ret);
  const latest = new Float64Array(setters.length);
  let call = Number.NEGATIVE_INFINITY;
  for (const [index, setter] of setters.entries()) {
    call = Math.max(call, setter.call);
    latest[index] = call;
  }
  return (instant) => {
    let low = 0;
    let high = setters.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((setters[middle] as Interval).ret < instant) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? Number.NEGATIVE_INFINITY : (latest[low - 1] as number);
  };
}

function add<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
