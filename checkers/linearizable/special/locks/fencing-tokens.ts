import type { Meter } from "../../meter.ts";
import type { ObjectHistory } from "../../objects.ts";
import { NEVER } from "../../problem.ts";
import { outOfOrder } from "../chain.ts";
import { type Extents, extentsOf, valid, watch } from "../extents.ts";
import { distinctAscending, rankIn } from "../ranks.ts";
import type { SpecialChecker, SpecialDecision } from "../special-checker.ts";
import { explainTurned, twice, unclaimed, unreleased } from "./fencing-violations.ts";

/**
 * Locks with fencing tokens, on every history.
 *
 * Tokens grow from one acquire to the next, and a release names its token. So the order is known: for each token, from the
 * least to the largest, its acquire and its release. A token that is acquired or released twice has no order, nor has one that is
 * never released though a larger one is acquired. Of several crashed releases of a token the one that was invoked
 * first leaves the most room. A token that was released without an answered acquire was acquired by a crashed one: these
 * are interchangeable and never due, and what comes before a larger token must be invoked earlier, so that it is best to give each
 * token in order the one that was invoked first of those left. Other crashed acquires, and crashed releases of tokens
 * that nobody is known to have had, are better left out: they would only hold the lock for ever.
 *
 * Cost: O(n log n).
 */
export const fencingTokens: SpecialChecker = {
  name: "fencing-tokens",
  models: ["fenced-lock"],
  decide(object, _options, meter) {
    const lock = lockOperations(object, meter);
    const chain = chainOf(lock, meter);
    if ("verdict" in chain) return chain;
    const pair = outOfOrder(chain, lock.extents, meter);
    return pair === undefined ? valid(lock.extents, () => chain) : explainTurned(lock, pair);
  },
};

/** The operations on a lock, by token. */
export interface LockOperations {
  readonly extents: Extents;
  readonly isAcquire: Uint8Array;
  /** By operation; NaN for a crashed acquire. */
  readonly token: Float64Array;
  /** The tokens that completed operations name, ascending. */
  readonly tokens: Float64Array;
  /** By rank of the token: the acquire that answered it, or -1. */
  readonly acquireOf: Int32Array;
  /** By rank of the token: the release that completed, or else the first that was invoked, or -1. */
  readonly releaseOf: Int32Array;
  /** In order of invocation. */
  readonly crashedAcquires: Int32Array;
}

function lockOperations(object: ObjectHistory, meter: Meter): LockOperations {
  const extents = extentsOf(object, meter);
  const { size, rows, ret } = extents;
  meter.allocate(50 * size);
  const { columns, names, values } = object.history;
  const acquire = names.functions.indexOf("acquire");
  const isAcquire = new Uint8Array(size);
  const token = new Float64Array(size).fill(Number.NaN);
  const named = new Float64Array(size);
  const crashed = new Int32Array(size);
  let completed = 0;
  let unanswered = 0;
  for (let at = 0; at < size; at++) {
    watch(meter, at);
    const row = rows[at] as number;
    isAcquire[at] = columns.f[row] === acquire ? 1 : 0;
    if (isAcquire[at] === 0) token[at] = values.get(columns.input[row] as number) as number;
    else if (ret[at] === NEVER) crashed[unanswered++] = at;
    else token[at] = values.get(columns.output[row] as number) as number;
    if (ret[at] !== NEVER) named[completed++] = token[at] as number;
  }
  const tokens = distinctAscending(named.subarray(0, completed));
  return {
    extents,
    isAcquire,
    token,
    tokens,
    acquireOf: new Int32Array(tokens.length).fill(-1),
    releaseOf: new Int32Array(tokens.length).fill(-1),
    crashedAcquires: crashed.slice(0, unanswered),
  };
}

/** The only order, crashed operations included as far as they are needed. */
function chainOf(lock: LockOperations, meter: Meter): Int32Array | SpecialDecision {
  const { extents, isAcquire, token, tokens, acquireOf, releaseOf, crashedAcquires } = lock;
  const { size, ret } = extents;
  const rankOf = rankIn(tokens);
  for (let at = 0; at < size; at++) {
    watch(meter, at);
    const rank = Number.isNaN(token[at]) ? -1 : rankOf(token[at] as number);
    if (rank === -1) continue;
    const by = isAcquire[at] === 1 ? acquireOf : releaseOf;
    const other = by[rank] as number;
    if (other === -1 || ret[other] === NEVER) {
      if (other === -1 || ret[at] !== NEVER) by[rank] = at;
    } else if (ret[at] !== NEVER) return twice(lock, other, at);
  }
  const chain = new Int32Array(2 * tokens.length);
  let length = 0;
  let crashed = 0;
  for (let rank = 0; rank < tokens.length; rank++) {
    const acquire = acquireOf[rank] as number;
    const release = releaseOf[rank] as number;
    if (acquire === -1 && crashed === crashedAcquires.length) return unclaimed(lock);
    chain[length++] = acquire === -1 ? (crashedAcquires[crashed++] as number) : acquire;
    if (release !== -1) chain[length++] = release;
    else if (rank + 1 < tokens.length) return unreleased(lock, rank);
  }
  return chain.slice(0, length);
}
