import type { Cluster } from "./clusters.ts";

/**
 * A write as its place in an order of all writes sees it. With p the places, an order of all operations exists in which every
 * read returns one of the last k values if and only if
 *
 * - p(a) < p(b) wherever `end` of a comes before `start` of b: somebody had finished with a, or with reading it, before b began;
 * - p(a) ≤ p(b) + k - 1 wherever `end` of a comes before `lastRead` of b: when b was read for the last time a was there
 *   already, and so was everything before it.
 *
 * For then each read finds a place: behind its own write and all writes whose `end` comes before its start, which is early
 * enough for everything that begins after it ends, as that `end` comes before those starts as well.
 */
export interface Version {
  readonly cluster: Cluster;
  /** When the write began. */
  readonly start: number;
  /** When the first operation on it ended: its write, or a read of it. */
  readonly end: number;
  /** When the last read of it began; -1 where nobody read it. */
  readonly lastRead: number;
}

/** In order of their ends. */
export function versionsOf(clusters: readonly Cluster[]): Version[] {
  return clusters
    .map((cluster): Version => {
      const { write, reads } = cluster;
      const ends = reads.map(({ completeIndex }) => completeIndex);
      return {
        cluster,
        start: write?.invokeIndex ?? -2,
        end: write === undefined ? -1 : ends.reduce((a, b) => Math.min(a, b), write.completeIndex),
        lastRead: reads.at(-1)?.invokeIndex ?? -1,
      };
    })
    .sort((a, b) => a.end - b.end);
}

/** The least k that any order needs: versions that lie certainly between one and its last read. Cost: O(n²) at worst. */
export function leastVersions(versions: readonly Version[]): {
  readonly k: number;
  readonly of: Version | undefined;
} {
  let k = 1;
  let of: Version | undefined;
  for (const version of versions) {
    if (version.lastRead <= version.end) continue;
    const between = versionsBetween(versions, version).length;
    if (between + 1 > k) [k, of] = [between + 1, version];
  }
  return { k, of };
}

/** Versions that began after one was certainly there, and ended before its last read began. */
export function versionsBetween(versions: readonly Version[], version: Version): Version[] {
  const found: Version[] = [];
  for (let at = firstAfter(versions, version.end); at < versions.length; at++) {
    const other = versions[at] as Version;
    if (other.end >= version.lastRead) break;
    if (other.start > version.end) found.push(other);
  }
  return found;
}

function firstAfter(versions: readonly Version[], end: number): number {
  let low = 0;
  let high = versions.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((versions[middle] as Version).end <= end) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Spends steps of a search; false once they are used up. */
export type Spend = () => boolean;

/**
 * Whether some order of the versions has every read return one of the last `k` values. It places one version after the
 * other, the one whose last read is first, and goes back where what is left cannot meet its deadlines; what was left then,
 * with the deadlines that still bound it, is remembered, so that no situation is tried twice.
 *
 * Placing a version at place p gives every other one whose end comes before its last read the deadline p + k - 1. Those
 * sets are beginnings of the order by ends, so deadlines grow with ends, and what is left can meet them, as far as
 * anybody knows by then, if the m-th of it by ends has one that is m or more places away. The choice among those that leave
 * this true is that of Kleitman and Vohra for the bandwidth of interval graphs (SIAM J. Disc. Math. 1990), of which this is a
 * one-sided kin.
 *
 * Cost: about O(n (k + c)) for n versions, c of them at the same time, where it need not go back; exponential in c at
 * worst. Undefined where the steps did not suffice.
 */
export function canOrder(versions: readonly Version[], k: number, spend: Spend): boolean | undefined {
  const search = new OrderSearch(versions, k);
  const failed = new Set<string>();
  const steps: Step[] = [search.step({ first: 0, recent: [] })];
  while (steps.length > 0) {
    const step = steps.at(-1) as Step;
    if (step.first >= versions.length) return true;
    const choice = step.choices[step.next++];
    if (choice === undefined) {
      failed.add(step.key);
      steps.pop();
      const before = steps.at(-1);
      if (before !== undefined) search.takeBack(before.choices[before.next - 1] as number);
      continue;
    }
    if (!spend()) return undefined;
    const after = search.place(step, choice);
    if (after === undefined || failed.has(after.key)) search.takeBack(choice);
    else steps.push(after);
  }
  return false;
}

/** What is known after some versions were placed. */
interface Situation {
  /** The first by its end that was not. */
  readonly first: number;
  /** The last reads of the last k that were placed, the last one first: what they ask of others may still bind. */
  readonly recent: readonly number[];
}

interface Step extends Situation {
  readonly key: string;
  readonly choices: readonly number[];
  next: number;
}

/** Everything that ends before `before` must be placed within so many places. */
interface Deadline {
  readonly before: number;
  readonly places: number;
}

class OrderSearch {
  readonly #versions: readonly Version[];
  readonly #k: number;
  readonly #placed: Uint8Array;
  /** For each version the first start of it and all that end later. */
  readonly #startsFrom: Float64Array;

  constructor(versions: readonly Version[], k: number) {
    this.#versions = versions;
    this.#k = k;
    this.#placed = new Uint8Array(versions.length);
    this.#startsFrom = new Float64Array(versions.length + 1).fill(Number.POSITIVE_INFINITY);
    for (let at = versions.length - 1; at >= 0; at--) {
      const { start } = versions[at] as Version;
      this.#startsFrom[at] = Math.min(start, this.#startsFrom[at + 1] as number);
    }
  }

  /** Places a version; undefined where what is left cannot meet the deadlines then. */
  place({ first, recent }: Situation, choice: number): Step | undefined {
    this.#placed[choice] = 1;
    let next = first;
    while (this.#placed[next] === 1) next++;
    const { lastRead } = this.#versions[choice] as Version;
    const situation = { first: next, recent: [lastRead, ...recent].slice(0, this.#k) };
    return this.#canMeet(next, this.#deadlines(situation)) ? this.step(situation) : undefined;
  }

  takeBack(choice: number): void {
    this.#placed[choice] = 0;
  }

  step(situation: Situation): Step {
    const versions = this.#versions;
    const { first } = situation;
    const bound = versions[first]?.end ?? 0;
    const choices: number[] = [];
    const beyond: number[] = [];
    // Whatever begins before the first of those that are left ends can come next.
    for (let at = first; at < versions.length && (this.#startsFrom[at] as number) < bound; at++) {
      if (this.#placed[at] === 1) beyond.push(at - first);
      else if ((versions[at] as Version).start < bound) choices.push(at);
    }
    choices.sort((a, b) => (versions[a] as Version).lastRead - (versions[b] as Version).lastRead || a - b);
    const binding = this.#deadlines(situation).map(({ before, places }) => `${before}:${places}`);
    return { ...situation, choices, next: 0, key: `${first} ${beyond.join()} ${binding.join()}` };
  }

  /** The deadlines that bind, the first one first; one that is later than another and for no more binds nobody. */
  #deadlines({ first, recent }: Situation): Deadline[] {
    const found: Deadline[] = [];
    let covered = this.#versions[first]?.end ?? Number.POSITIVE_INFINITY;
    for (let age = recent.length - 1; age >= 0; age--) {
      const before = recent[age] as number;
      if (before <= covered) continue;
      covered = before;
      found.push({ before, places: this.#k - 1 - age });
    }
    return found;
  }

  #canMeet(first: number, deadlines: readonly Deadline[]): boolean {
    let at = first;
    let left = 0;
    for (const { before, places } of deadlines) {
      for (; at < this.#versions.length && (this.#versions[at] as Version).end < before; at++) {
        if (this.#placed[at] === 0 && ++left > places) return false;
      }
    }
    return true;
  }
}
