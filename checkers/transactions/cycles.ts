import type { Dependencies, Dependency } from "./dependencies.ts";

/** One transaction was over before another began. */
interface RealTime {
  readonly kind: "realtime";
  readonly from: number;
  readonly to: number;
}

export type Edge = Dependency | RealTime;

/** The searches for a short cycle look at about so many edges; then any cycle will do. */
const SEARCH_LIMIT = 5_000_000;

/**
 * A cycle of dependencies, and where `realTime` says so of real time: of the worst kind that there is, and of that a
 * shortest one. The kinds, the worst first: writes alone (G0); reads as well (G1c); one anti-dependency (G-single);
 * several (G2-item); and each of them with real time. Undefined where there is none.
 *
 * Cost: O(n + e) where there is none. A cycle takes up to O(n (n + e)), within bounds; beyond them it is a cycle all the
 * same, if perhaps not a shortest one of the worst kind.
 */
export function worstCycle(dependencies: Dependencies, realTime: boolean): readonly Edge[] | undefined {
  const core = onCycles(dependencies, false);
  const inData = core.length === 0 ? undefined : new CycleSearch(dependencies, core, false).worst();
  if (inData !== undefined || !realTime) return inData;
  const inTime = onCycles(dependencies, true);
  return inTime.length === 0 ? undefined : new CycleSearch(dependencies, inTime, true).worst();
}

/**
 * The transactions that are left once those are taken away, again and again, that nothing comes before (Kahn): none if
 * and only if there is no cycle. Real time goes through a chain of all completions, so that it takes O(n) edges.
 */
function onCycles({ transactions, following }: Dependencies, realTime: boolean): number[] {
  const count = transactions.length;
  const completions = realTime
    ? [...transactions.keys()]
        .filter((at) => Number.isFinite(endOf(transactions, at)))
        .sort((a, b) => endOf(transactions, a) - endOf(transactions, b))
    : [];
  const next: number[][] = Array.from({ length: count + completions.length }, () => []);
  for (const [from, edges] of following.entries()) {
    for (const { to } of edges) next[from]?.push(to);
  }
  for (const [rank, at] of completions.entries()) {
    next[at]?.push(count + rank);
    if (rank > 0) next[count + rank - 1]?.push(count + rank);
  }
  let over = 0;
  // Transactions are in order of invocation.
  for (let at = 0; at < count && realTime; at++) {
    const start = startOf(transactions, at);
    while (over < completions.length && endOf(transactions, completions[over] as number) < start) over++;
    if (over > 0) next[count + over - 1]?.push(at);
  }
  const before = new Int32Array(next.length);
  for (const targets of next) for (const to of targets) before[to] = (before[to] as number) + 1;
  const free = [...next.keys()].filter((at) => before[at] === 0);
  const left = new Set(next.keys());
  for (const at of free) {
    left.delete(at);
    for (const to of next[at] as number[]) {
      before[to] = (before[to] as number) - 1;
      if (before[to] === 0) free.push(to);
    }
  }
  return [...left].filter((at) => at < count);
}

const startOf = (transactions: Dependencies["transactions"], at: number) =>
  (transactions[at] as Dependencies["transactions"][number]).operation.invokeIndex;
const endOf = (transactions: Dependencies["transactions"], at: number) =>
  (transactions[at] as Dependencies["transactions"][number]).operation.completeIndex;

type Kind = Dependency["kind"];

class CycleSearch {
  readonly #dependencies: Dependencies;
  /** Where cycles can be, in order of invocation. */
  readonly #core: readonly number[];
  readonly #isCore: Uint8Array;
  readonly #realTime: boolean;
  #looked = 0;

  constructor(dependencies: Dependencies, core: readonly number[], realTime: boolean) {
    this.#dependencies = dependencies;
    this.#core = core;
    this.#isCore = new Uint8Array(dependencies.transactions.length);
    for (const at of core) this.#isCore[at] = 1;
    this.#realTime = realTime;
  }

  worst(): readonly Edge[] | undefined {
    return (
      this.#shortest(["ww"]) ??
      this.#shortest(["ww", "wr"]) ??
      this.#withOneAntiDependency() ??
      this.#shortest(["ww", "wr", "rw"])
    );
  }

  /** A shortest cycle over edges of these kinds. */
  #shortest(kinds: readonly Kind[]): readonly Edge[] | undefined {
    let best: readonly Edge[] | undefined;
    for (const start of this.#core) {
      if (best !== undefined && (best.length <= 2 || this.#looked > SEARCH_LIMIT)) break;
      const found = this.#path(start, start, kinds, best?.length);
      if (found !== undefined) best = found;
    }
    return best;
  }

  #withOneAntiDependency(): readonly Edge[] | undefined {
    let best: readonly Edge[] | undefined;
    for (const from of this.#core) {
      for (const edge of this.#dependencies.following[from] as readonly Dependency[]) {
        if (edge.kind !== "rw" || this.#isCore[edge.to] === 0) continue;
        if (this.#looked > SEARCH_LIMIT || best?.length === 2) return best;
        const back = this.#path(
          edge.to,
          from,
          ["ww", "wr"],
          best === undefined ? undefined : best.length - 1,
        );
        if (back !== undefined) best = [edge, ...back];
      }
    }
    return best;
  }

  /** A path of fewest edges from one transaction to another, or back to it; shorter than `below` where that is given. */
  #path(start: number, goal: number, kinds: readonly Kind[], below?: number): readonly Edge[] | undefined {
    const { transactions, following } = this.#dependencies;
    const reached = new Map<number, Edge>();
    const depth = new Map<number, number>([[start, 0]]);
    const queue = [start];
    // Whatever begins later than this was reached by real time already.
    let begun = this.#core.length;
    const take = (edge: Edge): boolean => {
      if (this.#isCore[edge.to] === 0 || reached.has(edge.to)) return false;
      reached.set(edge.to, edge);
      if (edge.to === goal) return true;
      if (edge.to !== start) {
        depth.set(edge.to, (depth.get(edge.from) as number) + 1);
        queue.push(edge.to);
      }
      return false;
    };
    for (const at of queue) {
      if (below !== undefined && (depth.get(at) as number) + 1 >= below) return undefined;
      for (const edge of following[at] as readonly Dependency[]) {
        this.#looked++;
        if (kinds.includes(edge.kind) && take(edge)) return pathTo(goal, start, reached);
      }
      if (!this.#realTime) continue;
      const end = endOf(transactions, at);
      for (; begun > 0 && startOf(transactions, this.#core[begun - 1] as number) > end; begun--) {
        this.#looked++;
        const to = this.#core[begun - 1] as number;
        if (take({ kind: "realtime", from: at, to })) return pathTo(goal, start, reached);
      }
    }
    return undefined;
  }
}

function pathTo(goal: number, start: number, reached: ReadonlyMap<number, Edge>): Edge[] {
  const path: Edge[] = [];
  for (let at = goal; path.length === 0 || at !== start; ) {
    const edge = reached.get(at) as Edge;
    path.unshift(edge);
    at = edge.from;
  }
  return path;
}
