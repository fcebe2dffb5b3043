/**
 * A ballot number of Paxos: larger than any that its proposer saw, and never the same as another proposer's. The nodes'
 * names break ties.
 */
export type Ballot = readonly [counter: number, node: string];

/** Smaller than every ballot that is used. */
export const NO_BALLOT: Ballot = [0, ""];

/** Negative where `a` is the smaller one, zero where they are the same. */
export function compareBallots(a: Ballot, b: Ballot): number {
  if (a[0] !== b[0]) return a[0] - b[0];
  return a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0;
}
