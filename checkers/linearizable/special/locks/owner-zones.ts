import type { Meter } from "../../meter.ts";
import type { ObjectHistory } from "../../preparation/objects.ts";
import { NEVER } from "../../preparation/problem.ts";
import { byCompletion, declined, type Extents, extentsOf, valid, violation, watch } from "../extents.ts";
import type { SpecialChecker, SpecialDecision } from "../special-checker.ts";

/**
 * Mutexes that only their owner may release, where each owner does one thing after the other and nothing after a crash.
 *
 * So the operations of an owner have one order, and must be acquire, release, acquire, release, …. A crashed acquire is the
 * last of its owner; it can be left out, as nobody would release the mutex again. What remains are pairs of an acquire
 * and its release (the last one's may be missing, or never take effect), and nothing can come between the two. One pair must come
 * before another if its first end is before the other's last beginning. As acquire and release of an owner do not overlap, these
 * are the end f of the acquire and the beginning s of the release: the pair holds the mutex from f to s for certain.
 * If two of these zones overlap, each of the two pairs must come before the other. If none do, pairs in order of
 * f agree with real time. (Forward zones of Gibbons and Korach, SIAM Journal on Computing 26(4), 1997.)
 *
 * Cost: O(n log n).
 */
export const ownerZones: SpecialChecker = {
  name: "owner-zones",
  models: ["owner-aware-mutex"],
  decide(object, _options, meter) {
    const extents = extentsOf(object, meter);
    meter.allocate(48 * extents.size);
    const pairs = pairUp(object, extents, meter);
    return "verdict" in pairs ? pairs : decide(extents, pairs, meter);
  },
};

interface Pairs {
  /** Acquires that completed, in order of completion. */
  readonly acquires: Int32Array;
  /** By acquire: its release, or -1. */
  readonly releaseOf: Int32Array;
}

function pairUp({ history }: ObjectHistory, extents: Extents, meter: Meter): Pairs | SpecialDecision {
  const { size, rows, call, ret } = extents;
  const { columns, names, values } = history;
  const acquire = names.functions.indexOf("acquire");
  const isAcquire = (at: number) => columns.f[rows[at] as number] === acquire;
  const releaseOf = new Int32Array(size).fill(-1);
  /** By owner: the last operation so far, and of the owner of each operation the one before. */
  const last = new Map<number, number>();
  const before = new Int32Array(size).fill(-1);
  let wrong: SpecialDecision | undefined;
  for (let at = 0; at < size; at++) {
    watch(meter, at);
    const row = rows[at] as number;
    const input = columns.input[row] as number;
    const name = values.get(input);
    // The model writes an owner without a name as a list.
    if (Array.isArray(name)) return declined("an owner that is a list");
    const owner = name === null ? -1 - (columns.process[row] as number) : input;
    const previous = last.get(owner) ?? -1;
    if (previous !== -1 && (ret[previous] as number) > (call[at] as number)) {
      return declined("an owner that did several things at once, or something after a crash");
    }
    before[at] = previous;
    last.set(owner, at);
    const holds = previous !== -1 && isAcquire(previous);
    if (isAcquire(at) !== holds) {
      if (!isAcquire(at)) releaseOf[previous] = at;
      continue;
    }
    // What did not complete need not have taken effect. What its owner does later may still have to be declined.
    if (ret[at] === NEVER || wrong !== undefined) continue;
    const acquired = previous === -1 || isAcquire(previous) ? -1 : (before[previous] as number);
    const proof = [acquired, previous, at].filter((each) => each !== -1);
    const why = `but its owner ${isAcquire(at) ? "held it already" : "did not hold it then"}`;
    wrong = violation(extents, proof, at, why);
  }
  if (wrong !== undefined) return wrong;
  const acquires = byCompletion(extents).filter(isAcquire);
  return { acquires, releaseOf };
}

function decide(extents: Extents, { acquires, releaseOf }: Pairs, meter: Meter): SpecialDecision {
  const { call } = extents;
  for (let at = 1; at < acquires.length; at++) {
    watch(meter, at);
    const [first, second] = [acquires[at - 1] as number, acquires[at] as number];
    const release = releaseOf[first] as number;
    // Of zones in order of their beginnings, two overlap only where two neighbours do.
    if (release !== -1 && (call[release] as number) < (extents.ret[second] as number)) continue;
    const still = release === -1 ? "never released it" : "asked to release it only afterwards";
    return violation(
      extents,
      [first, second],
      second,
      `but another owner had acquired it before and ${still}`,
    );
  }
  return valid(extents, () => {
    const order = new Int32Array(2 * acquires.length);
    let length = 0;
    for (const acquire of acquires) {
      order[length++] = acquire;
      const release = releaseOf[acquire] as number;
      if (release !== -1) order[length++] = release;
    }
    return order.slice(0, length);
  });
}
