/** Numbers in ascending order, each once. Cost: O(n log n). */
export function distinctAscending(numbers: Float64Array): Float64Array {
  const sorted = numbers.slice().sort();
  let length = 0;
  for (const number of sorted) {
    if (length === 0 || sorted[length - 1] !== number) sorted[length++] = number;
  }
  return sorted.slice(0, length);
}

/** Index of the first element of an ascending array that is `value`, or -1. Cost: O(log n). */
export function rankIn(ascending: Float64Array, value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return ascending[low] === value ? low : -1;
}
