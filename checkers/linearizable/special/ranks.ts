/** Numbers in ascending order, each once. Cost: O(n log n). */
export function distinctAscending(numbers: Float64Array): Float64Array {
  const sorted = numbers.slice().sort();
  let length = 0;
  for (let at = 0; at < sorted.length; at++) {
    if (length === 0 || sorted[length - 1] !== sorted[at]) sorted[length++] = sorted[at] as number;
  }
  return sorted.slice(0, length);
}

/**
 * For looking up numbers in an ascending array: the index of the first element that is equal, or -1. It starts where
 * the last one was found.
 *
 * Cost: O(log d) for each, with d how far apart they are.
 */
export function rankIn(ascending: Float64Array): (value: number) => number {
  const { length } = ascending;
  let last = 0;
  return (value) => {
    let low = last;
    let high = last;
    for (let step = 1; low > 0 && (ascending[low - 1] as number) >= value; step *= 2)
      low = Math.max(0, low - step);
    for (let step = 1; high < length && (ascending[high] as number) < value; step *= 2)
      high = Math.min(length, high + step);
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((ascending[middle] as number) < value) low = middle + 1;
      else high = middle;
    }
    last = Math.min(low, Math.max(0, length - 1));
    return low < length && ascending[low] === value ? low : -1;
  };
}
