/** Monotonic milliseconds, for budgets: in Node, in workers and in browsers. */
export function monotonicMs(): number {
  return performance.now();
}
