import {
  choicesOfCrashed,
  isEarlier,
  permutations,
  type SessionOperation,
} from "../../testing/session-operations.ts";
import type { Guarantee } from "../guarantees.ts";

/**
 * Session guarantees by their definition: whether for some of the crashed operations, for some order of all writes and for some
 * visible set of each read, every read returns the last visible write of its key, and the guarantees hold. It tries all of
 * them, and does not ask who read from whom.
 *
 * Cost: exponential; for five writes or so.
 */
export function obeysGuarantees(
  operations: readonly SessionOperation[],
  guarantees: ReadonlySet<Guarantee>,
): boolean {
  for (const present of choicesOfCrashed(operations)) {
    const writes = present.filter(({ write }) => write !== undefined);
    for (const order of permutations(writes)) {
      if (hasVisibleSets(present, order, guarantees)) return true;
    }
  }
  return false;
}

/** A set of writes, by their places in the order of all. */
type Writes = number;

function hasVisibleSets(
  present: readonly SessionOperation[],
  order: readonly SessionOperation[],
  guarantees: ReadonlySet<Guarantee>,
): boolean {
  const reads = present.filter(({ read }) => read !== undefined);
  const setOf = (isIn: (write: SessionOperation) => boolean): Writes =>
    order.reduce((set, write, at) => (isIn(write) ? set | (1 << at) : set), 0);
  const earlierWrites = order.map((write) => setOf((other) => isEarlier(other, write)));
  if (guarantees.has("monotonic-writes") && earlierWrites.some((set, at) => set >> at !== 0)) return false;

  const follows = guarantees.has("writes-follow-reads");
  /** Writes of the session after each read; a compare-and-set reads before it writes. */
  const laterWrites = reads.map((read) => setOf((write) => read === write || isEarlier(read, write)));
  const ownWrites = reads.map((read) => setOf((write) => isEarlier(write, read)));

  const isPossible = (read: SessionOperation, at: number, visible: Writes): boolean => {
    const last = order.findLast((write, place) => write.key === read.key && (visible & (1 << place)) !== 0);
    if ((last?.write?.value ?? null) !== read.read?.value) return false;
    if (guarantees.has("read-your-writes") && (ownWrites[at] as Writes) & ~visible) return false;
    if (guarantees.has("monotonic-writes")) {
      if (earlierWrites.some((set, place) => visible & (1 << place) && set & ~visible)) return false;
    }
    if (!follows) return true;
    // What was seen comes before each later write: its last one before the first of these.
    const first = laterWrites[at] as Writes;
    return first === 0 || visible < (first & -first);
  };
  const possible = reads.map((read, at) =>
    Array.from({ length: 1 << order.length }, (_, visible) => visible).filter((visible) =>
      isPossible(read, at, visible),
    ),
  );
  if (possible.some((sets) => sets.length === 0)) return false;

  const isIncluded = (one: number, its: Writes, other: number, theirs: Writes): boolean => {
    if ((its & ~theirs) === 0) return true;
    const [before, after] = [reads[one], reads[other]] as [SessionOperation, SessionOperation];
    if (guarantees.has("monotonic-reads") && isEarlier(before, after)) return false;
    return !(follows && (laterWrites[one] as Writes) & theirs);
  };
  const choose = (chosen: readonly Writes[]): boolean => {
    const at = chosen.length;
    if (at === reads.length) return true;
    return (possible[at] as readonly Writes[]).some((visible) => {
      const fits = isIncluded(at, visible, at, visible);
      const fitsOthers = chosen.every(
        (its, other) => isIncluded(other, its, at, visible) && isIncluded(at, visible, other, its),
      );
      return fits && fitsOthers && choose([...chosen, visible]);
    });
  };
  return choose([]);
}
