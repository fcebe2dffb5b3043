/** For each node how many of its updates are known: what a replica has seen (Fidge 1988, Mattern 1989). Absent: none. */
export type VectorClock = Readonly<Record<string, number>>;

/** How many updates of the node it knows. */
export function countOf(clock: VectorClock, node: string): number {
  return clock[node] ?? 0;
}

/** Whether whoever is at `clock` has seen all that is in `other`. */
export function covers(clock: VectorClock, other: VectorClock): boolean {
  return Object.entries(other).every(([node, count]) => countOf(clock, node) >= count);
}

/** All that either has seen. */
export function joined(a: VectorClock, b: VectorClock): VectorClock {
  const both: Record<string, number> = { ...a };
  for (const [node, count] of Object.entries(b)) both[node] = Math.max(countOf(a, node), count);
  return both;
}
