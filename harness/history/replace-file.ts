import { createWriteStream, type WriteStream } from "node:fs";
import { link, realpath, rename, stat, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { UsageError } from "../errors.ts";

export interface Replacement {
  /** Refuse to write over a file that is there. Default: false. */
  readonly keepExisting?: boolean | undefined;
  /** Gives up, and leaves nothing behind. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Lets `write` fill a file that gets its name at the end, when all of it is on the disk. Until then, and for good where
 * `write` fails, whatever had that name stays as it is. What is no plain file (a device, a pipe) is written as it is.
 *
 * Errors: UsageError `output-exists`; those of the system, with `syscall`; whatever `write` throws.
 */
export async function replaceFile(
  path: string,
  { keepExisting = false }: Replacement,
  write: (file: WriteStream) => Promise<void>,
): Promise<void> {
  const existing = await stat(path).catch(nothing);
  if (existing !== undefined && keepExisting) throw outputExists(path);
  if (existing !== undefined && !existing.isFile()) {
    await write(createWriteStream(path));
    return;
  }
  // What a link leads to is replaced, and not the link.
  const target = existing === undefined ? path : await realpath(path);
  const partial = join(dirname(target), `.${basename(target)}.${process.pid}.part`);
  const mode = existing === undefined ? {} : { mode: existing.mode };
  const file = createWriteStream(partial, { ...mode, flush: true });
  try {
    await write(file);
    if (keepExisting) await claim(partial, target);
    else await rename(partial, target);
  } catch (error) {
    // A file that is still being opened would come back after it was removed.
    if (!file.closed) await new Promise<void>((resolve) => file.once("close", resolve).destroy());
    await unlink(partial).catch(nothing);
    throw error;
  }
}

/** Gives a file its name unless another has it by now. */
async function claim(partial: string, target: string): Promise<void> {
  try {
    await link(partial, target);
    await unlink(partial);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") throw outputExists(target);
    // Not every file system has links.
    if ((await stat(target).catch(nothing)) !== undefined) throw outputExists(target);
    await rename(partial, target);
  }
}

/** What is said of a file that is there and is not to be written over. */
export function outputExists(path: string): UsageError {
  return new UsageError({
    code: "output-exists",
    message: `${path} is there already`,
    hint: "choose another name, or --force to write over it",
  });
}

function nothing(): undefined {
  return undefined;
}
