/**
 * A smaller part of a list for which something still holds: nothing can be left out of it alone, as far as `holds`
 * said. Order is kept. Removes large chunks first, then smaller ones (Zeller and Hildebrandt, Simplifying and Isolating
 * Failure-Inducing Input, TSE 2002, the complements of ddmin). Cost: O(n²) calls at worst, O(n log n) where few items
 * matter.
 *
 * `holds` is asked of parts alone, never of the whole; it may be a matter of chance, and then so is the result.
 */
export async function ddmin<T>(
  items: readonly T[],
  holds: (part: readonly T[]) => Promise<boolean>,
): Promise<readonly T[]> {
  let kept = items;
  let chunk = Math.ceil(kept.length / 2);
  while (chunk >= 1 && kept.length > 0) {
    let removed = false;
    // From the end: what comes late matters least to what comes before.
    for (let end = kept.length; end > 0; end -= chunk) {
      const part = kept.filter((_, at) => at < end - chunk || at >= end);
      if (!(await holds(part))) continue;
      kept = part;
      removed = true;
    }
    if (chunk === 1 && !removed) break;
    if (!removed || chunk > kept.length) chunk = Math.max(1, Math.floor(Math.min(chunk, kept.length) / 2));
  }
  return kept;
}
