import type { Meter } from "../meter.ts";
import { NEVER } from "../preparation/problem.ts";
import { type Extents, watch } from "./extents.ts";

/** Two operations of a chain: real time orders `later` before `earlier`. */
export interface OutOfOrder {
  readonly earlier: number;
  readonly later: number;
}

/**
 * Whether a chain, the only order in which operations can have taken effect, agrees with real time: undefined where it
 * does, and else two operations of which the one that comes later in the chain had ended when the earlier one began; of all
 * such pairs, one whose `earlier` ended first.
 *
 * Exact: a total order extends real time if and only if it turns round no pair; and operation i is turned round with one that
 * follows it in the chain if and only if the smallest end among those is before i's beginning.
 * Cost: O(chain).
 */
export function outOfOrder(
  chain: Int32Array,
  { call, ret }: Pick<Extents, "call" | "ret">,
  meter: Meter,
): OutOfOrder | undefined {
  let found: OutOfOrder | undefined;
  let foundRet = NEVER;
  let endedFirst = -1;
  let firstRet = NEVER;
  for (let at = chain.length - 1; at >= 0; at--) {
    watch(meter, at);
    const operation = chain[at] as number;
    const itsRet = ret[operation] as number;
    if (firstRet < (call[operation] as number) && (found === undefined || itsRet < foundRet)) {
      found = { earlier: operation, later: endedFirst };
      foundRet = itsRet;
    }
    if (itsRet < firstRet) {
      firstRet = itsRet;
      endedFirst = operation;
    }
  }
  return found;
}

/**
 * Operations by their places in a chain, those of one place in order of invocation, which never turns round a pair of them.
 * `placeOf` in 0 … places - 1, or negative for an operation that has none.
 *
 * Cost: O(operations + places).
 */
export function byPlace(placeOf: Int32Array, places: number): Int32Array {
  const starts = new Int32Array(places + 1);
  for (let operation = 0; operation < placeOf.length; operation++) {
    const place = placeOf[operation] as number;
    if (place >= 0) starts[place + 1] = (starts[place + 1] as number) + 1;
  }
  for (let place = 0; place < places; place++) {
    starts[place + 1] = (starts[place + 1] as number) + (starts[place] as number);
  }
  const chain = new Int32Array(starts[places] as number);
  for (let operation = 0; operation < placeOf.length; operation++) {
    const place = placeOf[operation] as number;
    if (place < 0) continue;
    const at = starts[place] as number;
    chain[at] = operation;
    starts[place] = at + 1;
  }
  return chain;
}
