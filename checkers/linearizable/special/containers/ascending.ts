/**
 * The places of numbers, in ascending order of the numbers; equal ones in order of place. Merge sort in flat arrays that carries the
 * numbers along, so that memory is read in sequence. Cost: O(n log n).
 */
export function ascending(numbers: Float64Array): Int32Array {
  const n = numbers.length;
  let keys = numbers.slice();
  let places = new Int32Array(n);
  for (let place = 0; place < n; place++) places[place] = place;
  let mergedKeys = new Float64Array(n);
  let mergedPlaces = new Int32Array(n);
  for (let width = 1; width < n; width *= 2) {
    for (let from = 0; from < n; from += 2 * width) {
      const middle = Math.min(from + width, n);
      const end = Math.min(from + 2 * width, n);
      let left = from;
      let right = middle;
      for (let at = from; at < end; at++) {
        const takesLeft =
          left < middle && (right >= end || (keys[left] as number) <= (keys[right] as number));
        const taken = takesLeft ? left++ : right++;
        mergedKeys[at] = keys[taken] as number;
        mergedPlaces[at] = places[taken] as number;
      }
    }
    [keys, mergedKeys] = [mergedKeys, keys];
    [places, mergedPlaces] = [mergedPlaces, places];
  }
  return places;
}
