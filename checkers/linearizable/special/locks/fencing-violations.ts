import type { OutOfOrder } from "../chain.ts";
import { lastToComplete, violation } from "../extents.ts";
import { rankIn } from "../ranks.ts";
import type { SpecialDecision } from "../special-checker.ts";
import type { LockOperations } from "./lock-operations.ts";

/** Two completed acquires, or two completed releases, of one token. */
export function twice(lock: LockOperations, one: number, other: number): SpecialDecision {
  const { extents, isAcquire, token } = lock;
  const its = token[one] as number;
  const why = `but token ${its} was ${isAcquire[one] === 1 ? "given out" : "released"} twice`;
  const involved = [one, other];
  return violation(extents, withTokens(lock, [its], involved), lastToComplete(extents, involved), why);
}

/** A token that is not released, though the next one was given out. */
export function unreleased(lock: LockOperations, rank: number): SpecialDecision {
  const { extents, tokens } = lock;
  const two = [tokens[rank] as number, tokens[rank + 1] as number];
  const involved = [shows(lock, rank), shows(lock, rank + 1)];
  const why = `but token ${two[0]}, smaller than ${two[1]}, was never released`;
  return violation(extents, withTokens(lock, two, involved), lastToComplete(extents, involved), why);
}

/** More tokens were released without an answered acquire than there were unanswered ones. */
export function unclaimed(lock: LockOperations): SpecialDecision {
  const { extents, crashedAcquires } = lock;
  const released = releasesWithoutAcquire(lock, Number.POSITIVE_INFINITY);
  if (crashedAcquires.length === 0) {
    const first = released[0] as number;
    return violation(extents, [first], first, "but nobody was given that token");
  }
  const why = `but ${released.length} tokens were released that no acquire answered, and only ${crashedAcquires.length} acquires were not answered`;
  return violation(extents, [...released, ...crashedAcquires], lastToComplete(extents, released), why);
}

/** Two operations whose tokens order them one way, and real time the other. */
export function explainTurned(lock: LockOperations, { earlier, later }: OutOfOrder): SpecialDecision {
  const { extents, isAcquire, token, tokens } = lock;
  const [small, large] = [token[earlier] as number, token[later] as number];
  if (Number.isNaN(small)) {
    // Whatever token it is taken for, later ones were invoked later still.
    const involved = [...releasesWithoutAcquire(lock, large), later];
    const why = `but too few unanswered acquires had been invoked by then for the tokens up to ${large} that were released`;
    return violation(extents, withTokens(lock, [large], involved), lastToComplete(extents, involved), why);
  }
  const involved = [shows(lock, rankIn(tokens)(small)), later];
  const row = lastToComplete(extents, involved);
  const done = `token ${large} had been ${isAcquire[later] === 1 ? "given out" : "released"}`;
  const begun =
    isAcquire[earlier] === 0
      ? `the release of token ${small} was invoked`
      : row === earlier
        ? "it was invoked"
        : `token ${small} was asked for`;
  const only = isAcquire[earlier] === 0 ? `but ${begun} only after ${done}` : `but ${done} before ${begun}`;
  return violation(extents, withTokens(lock, [small, large], involved), row, only);
}

/** Of a token the completed operation that shows that it was given out. */
function shows({ acquireOf, releaseOf }: LockOperations, rank: number): number {
  return (acquireOf[rank] === -1 ? releaseOf[rank] : acquireOf[rank]) as number;
}

/** Completed releases of tokens up to `largest` that no acquire answered, by token. */
function releasesWithoutAcquire({ tokens, acquireOf, releaseOf }: LockOperations, largest: number): number[] {
  const found: number[] = [];
  for (let rank = 0; rank < tokens.length && (tokens[rank] as number) <= largest; rank++) {
    if (acquireOf[rank] === -1) found.push(releaseOf[rank] as number);
  }
  return found;
}

/**
 * Some operations and all others of some tokens. Where no acquire answered one of them, also every crashed acquire that was invoked
 * before the last of the operations completed. To leave out other tokens is sound: an order stays one without them.
 */
function withTokens(lock: LockOperations, tokens: readonly number[], involved: readonly number[]): number[] {
  const { extents, token, acquireOf, crashedAcquires } = lock;
  const rankOf = rankIn(lock.tokens);
  const all = [...involved];
  for (let at = 0; at < extents.size; at++) if (tokens.includes(token[at] as number)) all.push(at);
  if (all.some((at) => !Number.isNaN(token[at]) && acquireOf[rankOf(token[at] as number)] === -1)) {
    const end = extents.ret[lastToComplete(extents, involved)] as number;
    for (const at of crashedAcquires) if ((extents.call[at] as number) < end) all.push(at);
  }
  return all;
}
