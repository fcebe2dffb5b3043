import type { Meter } from "../../meter.ts";
import { NEVER } from "../../preparation/problem.ts";
import { outOfOrder } from "../chain.ts";
import { valid, watch } from "../extents.ts";
import { rankIn } from "../ranks.ts";
import type { SpecialChecker, SpecialDecision } from "../special-checker.ts";
import { explainTurned, twice, unclaimed, unreleased } from "./fencing-violations.ts";
import { type LockOperations, lockOperations } from "./lock-operations.ts";

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
