/**
 * The values of all calls. Where some fail, throws the first error, but only after every call has ended: what is
 * still under way must not overtake what comes next.
 */
export async function settleAll<T>(calls: readonly Promise<T>[]): Promise<T[]> {
  const results = await Promise.allSettled(calls);
  return results.map((result) => {
    if (result.status === "rejected") throw result.reason;
    return result.value;
  });
}
