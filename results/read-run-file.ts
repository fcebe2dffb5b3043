import { readFile } from "node:fs/promises";
import { z } from "zod";
import { UsageError } from "../harness/errors.ts";

/** How it is told that a file is not what it should be; what exactly is wrong comes behind the message. */
interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

/**
 * Reads a file of the folder of a run or a hunt, as `parse` takes its text.
 * Errors: {@link UsageError} with the code of the refusal where the file is missing or `parse` throws, as a schema of zod does.
 */
export async function readRunFile<T>(path: string, parse: (text: string) => T, refusal: Refusal): Promise<T> {
  try {
    return parse(await readFile(path, "utf8"));
  } catch (cause) {
    const problem = cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message;
    throw new UsageError({ ...refusal, message: `${refusal.message}: ${problem}`, cause });
  }
}
