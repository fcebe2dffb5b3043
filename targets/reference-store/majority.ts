/** How many of `count` nodes are more than half. */
export function majority(count: number): number {
  return Math.floor(count / 2) + 1;
}
