import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { EnvironmentError } from "../../harness/errors.ts";
import { ensureBaseImage } from "./base-image.ts";
import type { BuildResult, Engine } from "./engine.ts";
import { EngineError } from "./engine-error.ts";
import { tarOf } from "./tar.ts";

/** How the image of a store is built. */
export interface ImageSpec {
  /** `assay-etcd`; the tag is made from the contents. */
  readonly name: string;
  /** The build context: a Dockerfile, and the files that it copies. */
  readonly files: readonly URL[];
}

export interface BuildContext {
  /** `assay-etcd:1f0c…`: another one whenever a file of the context changes. */
  readonly reference: string;
  readonly tar: Buffer;
}

/** The lines of a failed build that are worth showing. */
const SHOWN_LINES = 15;

export async function readBuildContext(image: ImageSpec): Promise<BuildContext> {
  const files = await Promise.all(
    image.files.map(async (url) => {
      const name = basename(fileURLToPath(url));
      return { name, content: await readFile(url), mode: name.endsWith(".sh") ? 0o755 : 0o644 };
    }),
  );
  const tar = tarOf(files);
  const hash = createHash("sha256").update(tar).digest("hex").slice(0, 16);
  return { reference: `${image.name}:${hash}`, tar };
}

/**
 * Builds the image of a store unless the engine has it; its reference and id.
 * Errors: {@link EnvironmentError} `image-build-failed`, `base-image-missing`.
 */
export async function ensureStoreImage(
  engine: Engine,
  image: ImageSpec,
  progress: { log: (message: string) => void; signal: AbortSignal },
): Promise<{ reference: string; id: string }> {
  const { reference, tar } = await readBuildContext(image);
  const present = await engine.imageId(reference);
  if (present !== undefined) return { reference, id: present };

  await ensureBaseImage(engine, progress);
  progress.log(`building image ${reference}`);
  const { error, outputLines } = await build(engine, reference, tar, progress.signal);
  const id = await engine.imageId(reference);
  if (error !== undefined || id === undefined) {
    throw new EnvironmentError({
      code: "image-build-failed",
      message: [
        `image ${reference} does not build: ${error ?? "the engine made no image"}; its output ends with`,
        ...outputLines.slice(-SHOWN_LINES).map((line) => `  ${line}`),
      ].join("\n"),
      hint: "packages come from the Debian mirror: check that containers reach the network",
    });
  }
  return { reference, id };
}

/** A Dockerfile that cannot even be read is refused instead of built. */
async function build(
  engine: Engine,
  reference: string,
  tar: Buffer,
  signal: AbortSignal,
): Promise<BuildResult> {
  try {
    return await engine.buildImage(reference, tar, signal);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return { error: error.reason, outputLines: [] };
  }
}
