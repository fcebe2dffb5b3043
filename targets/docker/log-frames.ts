const HEADER_BYTES = 8;

/**
 * What a container wrote, without the frames that Docker puts around it: 8 bytes a frame, one for the stream (0, 1 or
 * 2), three of 0, four for the length (Docker Engine API, "Attach to a container"). A frame that was cut off gives
 * what there is of it.
 */
export function withoutFrames(framed: Buffer): Buffer {
  const payloads: Buffer[] = [];
  for (let at = 0; at + HEADER_BYTES <= framed.length; ) {
    const sizeBytes = framed.readUInt32BE(at + 4);
    const start = at + HEADER_BYTES;
    payloads.push(framed.subarray(start, start + sizeBytes));
    at = start + sizeBytes;
  }
  return Buffer.concat(payloads);
}
