import { createGunzip } from "node:zlib";
import { describeError, UsageError } from "../errors.ts";

const CHUNK_BYTES = 256 * 1024;

/** Whether bytes begin as gzip does (RFC 1952, section 2.3.1). */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * Inflates `compressed` and hands every piece to `push`. A stream that ends early is what a killed run leaves:
 * everything up to there is handed over and the answer is `"truncated"`.
 *
 * Errors: {@link UsageError} `corrupt-gzip`; whatever `push` throws.
 */
export async function gunzip(
  compressed: AsyncIterable<Uint8Array>,
  source: string,
  push: (bytes: Uint8Array) => void,
): Promise<"complete" | "truncated"> {
  const inflater = createGunzip({ chunkSize: CHUNK_BYTES });
  const ended = new Promise<"complete" | "truncated">((resolve, reject) => {
    // A listener and no iterator: an iterator drops what it has not yet handed out when the stream fails.
    inflater.on("data", (bytes: Uint8Array) => {
      try {
        push(bytes);
      } catch (error) {
        reject(error);
        inflater.destroy();
      }
    });
    inflater.on("end", () => resolve("complete"));
    inflater.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "Z_BUF_ERROR") resolve("truncated");
      else reject(corrupt(source, error));
    });
  });
  const [end] = await Promise.all([ended, feed(compressed, inflater)]);
  return end;
}

async function feed(
  compressed: AsyncIterable<Uint8Array>,
  inflater: ReturnType<typeof createGunzip>,
): Promise<void> {
  for await (const bytes of compressed) {
    if (inflater.destroyed) return;
    await new Promise<void>((resolve) => {
      // A write that meets damaged data never calls back: waiting for that alone would keep the source open.
      inflater.once("close", resolve);
      inflater.write(bytes, () => {
        inflater.off("close", resolve);
        resolve();
      });
    });
    if (inflater.destroyed) return;
  }
  inflater.end();
}

function corrupt(source: string, cause: Error): UsageError {
  return new UsageError({
    code: "corrupt-gzip",
    message: `${source}: the gzip data is damaged (${describeError(cause)})`,
    hint: "copy the file again; `gzip -t` tells whether it is whole",
    cause,
  });
}
