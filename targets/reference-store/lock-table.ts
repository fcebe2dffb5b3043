import type { Key } from "../../harness/history/operation.ts";

/** Everything that one transaction wants to lock here, all at once. */
export interface Claim {
  readonly owner: string;
  /** When the transaction began, by a counter: the smaller, the older; owners decide between equals. */
  readonly age: number;
  /** Keys that it only reads. */
  readonly shared: readonly Key[];
  readonly exclusive: readonly Key[];
}

/** How transactions that want the same never wait for each other in a circle. */
export type DeadlockAvoidance = "wait-die" | "no-wait";

/**
 * The locks of one node, shared and exclusive. By `wait-die` (Rosenkrantz, Stearns and Lewis 1978) only older
 * transactions wait for younger ones, everywhere, so that no circle can close; a younger one is refused, and keeps its
 * age when it tries again, so that its turn comes. By `no-wait` whoever conflicts is refused.
 *
 * Cost: O(claims) a call.
 */
export class LockTable {
  readonly #avoidance: DeadlockAvoidance;
  readonly #held = new Map<string, Claim>();
  readonly #waiting = new Map<string, Claim>();

  constructor(avoidance: DeadlockAvoidance) {
    this.#avoidance = avoidance;
  }

  /** What is claimed again stays as it is. */
  claim(claim: Claim): "granted" | "waits" | "refused" {
    if (this.#held.has(claim.owner)) return "granted";
    if (this.#waiting.has(claim.owner)) return "waits";
    // Who waits has been before: else shared locks could keep an exclusive one waiting for ever.
    const others = [...this.#held.values(), ...this.#waiting.values()].filter((each) =>
      conflict(claim, each),
    );
    if (others.length === 0) {
      this.#held.set(claim.owner, claim);
      return "granted";
    }
    if (this.#avoidance === "no-wait" || !others.every((each) => older(claim, each))) return "refused";
    this.#waiting.set(claim.owner, claim);
    return "waits";
  }

  /** Takes locks whoever holds them: what a transaction held before its node went down. */
  restore(claim: Claim): void {
    this.#held.set(claim.owner, claim);
  }

  /** Gives up what a transaction holds or waits for; who is granted its claim by that. */
  release(owner: string): readonly string[] {
    this.#held.delete(owner);
    this.#waiting.delete(owner);
    const granted: string[] = [];
    // The youngest first: an older one may wait for it, but not the other way round.
    const inTurn = [...this.#waiting.values()].sort((a, b) => (older(a, b) ? 1 : -1));
    for (const claim of inTurn) {
      if ([...this.#held.values()].some((each) => conflict(claim, each))) continue;
      this.#waiting.delete(claim.owner);
      this.#held.set(claim.owner, claim);
      granted.push(claim.owner);
    }
    return granted;
  }
}

function conflict(a: Claim, b: Claim): boolean {
  return (
    a.exclusive.some((key) => b.exclusive.includes(key) || b.shared.includes(key)) ||
    a.shared.some((key) => b.exclusive.includes(key))
  );
}

function older(a: Claim, b: Claim): boolean {
  return a.age < b.age || (a.age === b.age && a.owner < b.owner);
}
