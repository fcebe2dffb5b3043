/** Shared memory where there is any: browsers have it only on isolated pages. */
export function sharedBuffer(sizeBytes: number): ArrayBufferLike {
  return typeof SharedArrayBuffer === "undefined"
    ? new ArrayBuffer(sizeBytes)
    : new SharedArrayBuffer(sizeBytes);
}
