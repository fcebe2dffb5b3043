import { fileURLToPath } from "node:url";
import { EnvironmentError } from "../../harness/errors.ts";
import type { Engine } from "./engine.ts";

/** What every store image is built on. */
export const BASE_IMAGE = "debian:bookworm-slim";

/**
 * Sees to it that the engine has the base image: pulls it where it is missing.
 * Errors: {@link EnvironmentError} `base-image-missing`.
 */
export async function ensureBaseImage(
  engine: Engine,
  { log, signal }: { log: (message: string) => void; signal: AbortSignal },
): Promise<void> {
  if ((await engine.imageId(BASE_IMAGE)) !== undefined) return;
  log(`pulling ${BASE_IMAGE}`);
  try {
    await engine.pullImage(BASE_IMAGE, signal);
  } catch (error) {
    signal.throwIfAborted();
    const script = fileURLToPath(new URL("./base-image.sh", import.meta.url));
    throw new EnvironmentError({
      code: "base-image-missing",
      message: `the engine has no image ${BASE_IMAGE} and cannot pull it`,
      hint: `give the engine access to a registry, or make the image from Debian packages: sudo ${script}`,
      cause: error,
    });
  }
}
