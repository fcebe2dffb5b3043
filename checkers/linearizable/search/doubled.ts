import type { Meter } from "../meter.ts";

/** A copy with room for twice as much; both are paid for while they are there together. Cost: O(length). */
export function doubled(old: Int32Array, meter: Meter): Int32Array<ArrayBuffer> {
  meter.allocate(old.byteLength * 2);
  const grown = new Int32Array(old.length * 2);
  grown.set(old);
  meter.allocate(-old.byteLength);
  return grown;
}
