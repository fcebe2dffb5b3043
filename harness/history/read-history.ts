import { createReadStream } from "node:fs";
import { describeError, UsageError } from "../errors.ts";
import type { ReadOptions } from "./formats/index.ts";
import { gunzip, isGzip } from "./gunzip.ts";
import type { LoadedHistory } from "./history-assembler.ts";
import { TextReader } from "./text-reader.ts";
import { Utf8Decoder } from "./utf8-decoder.ts";

const CHUNK_BYTES = 256 * 1024;

/**
 * Reads a history file in any of the formats of `formats/index.ts`, plain or gzip, whichever it holds and whatever it
 * is called. A file that a killed run left is read up to where it is cut, with a warning.
 *
 * Cost: one pass, O(bytes); in memory only the history, one chunk and one event.
 *
 * Errors: {@link UsageError} `file-not-found`, `is-a-directory`, `permission-denied`, `unreadable-file`, and those of
 * {@link readHistoryStream}.
 */
export function readHistory(path: string, options: ReadOptions = {}): Promise<LoadedHistory> {
  return readHistoryStream(createReadStream(path, { highWaterMark: CHUNK_BYTES }), path, options);
}

/**
 * Reads a history from bytes as they come, standard input for one. `source`: what they are called in messages.
 *
 * Errors: {@link UsageError} `not-text`, `line-too-long`, `corrupt-gzip`, and those of the formats.
 */
export async function readHistoryStream(
  bytes: AsyncIterable<Uint8Array>,
  source: string,
  options: ReadOptions = {},
): Promise<LoadedHistory> {
  const reader = new TextReader(source, options);
  const decoder = new Utf8Decoder(source, reader);
  const push = (chunk: Uint8Array) => decoder.push(chunk);
  try {
    const { head, rest } = await splitHead(bytes, 2);
    if (!isGzip(head)) for await (const chunk of rest) push(chunk);
    else if ((await gunzip(rest, source, push)) === "truncated") {
      reader.warn("truncated-gzip", "the gzip data ends early; everything up to there was read");
    }
  } catch (error) {
    throw isSystemError(error) ? unreadable(source, error) : error;
  }
  decoder.end();
  return reader.finish();
}

/** Errors of the operating system name the call that failed; anything else is not about the file. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "syscall" in error;
}

interface Explanation {
  readonly code: string;
  readonly message: (source: string) => string;
  readonly hint: string;
}

const NOT_FOUND: Explanation = {
  code: "file-not-found",
  message: (source) => `there is no file ${source}`,
  hint: "check the path; the history of a run is history.jsonl in its folder",
};

const NO_PERMISSION: Explanation = {
  code: "permission-denied",
  message: (source) => `no permission to read ${source}`,
  hint: "`ls -l` shows who may read it",
};

const EXPLANATIONS: Readonly<Record<string, Explanation>> = {
  ENOENT: NOT_FOUND,
  ENOTDIR: NOT_FOUND,
  EACCES: NO_PERMISSION,
  EPERM: NO_PERMISSION,
  EISDIR: {
    code: "is-a-directory",
    message: (source) => `${source} is a directory, not a history file`,
    hint: "the history of a run is history.jsonl in its folder",
  },
};

/** What an error of the operating system means for who named the file. */
function unreadable(source: string, cause: NodeJS.ErrnoException): UsageError {
  const known = EXPLANATIONS[cause.code ?? ""];
  return new UsageError({
    code: known?.code ?? "unreadable-file",
    message: known?.message(source) ?? `cannot read ${source}: ${describeError(cause)}`,
    hint: known?.hint ?? "is the file, or the disk that it is on, in order?",
    cause,
  });
}

/** The first `length` bytes, as far as there are any, and an iterable that still has them. */
async function splitHead(
  bytes: AsyncIterable<Uint8Array>,
  length: number,
): Promise<{ head: Uint8Array; rest: AsyncIterable<Uint8Array> }> {
  const iterator = bytes[Symbol.asyncIterator]();
  let head: Uint8Array = new Uint8Array();
  while (head.length < length) {
    const next = await iterator.next();
    if (next.done === true) break;
    head = head.length === 0 ? next.value : Buffer.concat([head, next.value]);
  }
  async function* rest(): AsyncGenerator<Uint8Array> {
    try {
      yield head;
      for (;;) {
        const next = await iterator.next();
        if (next.done === true) return;
        yield next.value;
      }
    } finally {
      // Whoever stops early closes the file.
      await iterator.return?.();
    }
  }
  return { head, rest: rest() };
}
