import { Readable, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { formatEvent } from "./format-event.ts";
import { History } from "./history.ts";
import { historyEvents } from "./history-events.ts";
import { historyWriteError } from "./history-write-error.ts";
import type { HistoryEvent } from "./operation.ts";
import { type Replacement, replaceFile } from "./replace-file.ts";

const CHUNK_LENGTH = 64 * 1024;

/** How a history is written. */
export interface WriteOptions extends Replacement {
  /** One event of a format, line feed included; JSON lines where there is none. */
  readonly formatEvent?: ((event: HistoryEvent) => string) | undefined;
}

/**
 * Writes a whole history to a file: JSON lines or another format, gzip when the name ends in `.gz`. The file gets its
 * name when it is whole: whoever is killed on the way, or runs out of space, leaves what was there before.
 *
 * Cost: one pass; in memory one chunk of 64 KiB beside the events.
 *
 * Errors: EnvironmentError `history-write-failed`; UsageError `output-exists`.
 */
export async function writeHistory(
  path: string,
  events: History | Iterable<HistoryEvent>,
  options: WriteOptions = {},
): Promise<void> {
  let bytesWritten = 0;
  try {
    await replaceFile(path, options, async (file) => {
      const text = textOf(events, options);
      try {
        if (path.endsWith(".gz")) await pipeline(text, createGzip(), file, signalOf(options));
        else await pipeline(text, file, signalOf(options));
      } finally {
        bytesWritten = file.bytesWritten;
      }
    });
  } catch (error) {
    throw error instanceof Error && "syscall" in error
      ? historyWriteError(path, bytesWritten, error, { isKept: false })
      : error;
  }
}

/**
 * Writes a whole history to a stream, and leaves that open.
 *
 * Errors: EnvironmentError `history-write-failed`; what a stream says whose reader went away (`EPIPE`).
 */
export async function writeHistoryStream(
  stream: Writable,
  events: History | Iterable<HistoryEvent>,
  options: Pick<WriteOptions, "formatEvent"> = {},
): Promise<void> {
  try {
    await pipeline(textOf(events, options), stream, { end: false });
  } catch (error) {
    const isReaderGone = error instanceof Error && "code" in error && error.code === "EPIPE";
    throw error instanceof Error && "syscall" in error && !isReaderGone
      ? historyWriteError("the output stream", 0, error, { isKept: false })
      : error;
  }
}

function textOf(
  events: History | Iterable<HistoryEvent>,
  { formatEvent: format = formatEvent }: Pick<WriteOptions, "formatEvent">,
): Readable {
  return Readable.from(chunks(events instanceof History ? historyEvents(events) : events, format));
}

function signalOf({ signal }: WriteOptions): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}

function* chunks(
  events: Iterable<HistoryEvent>,
  format: (event: HistoryEvent) => string,
): IterableIterator<Buffer> {
  let text = "";
  for (const event of events) {
    text += format(event);
    if (text.length < CHUNK_LENGTH) continue;
    yield Buffer.from(text, "utf8");
    text = "";
  }
  if (text !== "") yield Buffer.from(text, "utf8");
}
