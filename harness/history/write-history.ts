import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { formatEvent } from "./format-event.ts";
import { History } from "./history.ts";
import { historyEvents } from "./history-events.ts";
import { historyWriteError } from "./history-write-error.ts";
import type { HistoryEvent } from "./operation.ts";

const CHUNK_LENGTH = 64 * 1024;

/**
 * Writes a whole history to a file, over whatever was there: JSON lines, gzip when the name ends in `.gz`.
 *
 * Cost: one pass; in memory one chunk of 64 KiB beside the events.
 *
 * Errors: EnvironmentError `history-write-failed`; the file may then hold a part.
 */
export async function writeHistory(path: string, events: History | Iterable<HistoryEvent>): Promise<void> {
  const lines = Readable.from(chunks(events instanceof History ? historyEvents(events) : events));
  const file = createWriteStream(path);
  try {
    if (path.endsWith(".gz")) await pipeline(lines, createGzip(), file);
    else await pipeline(lines, file);
  } catch (error) {
    throw error instanceof Error && "syscall" in error
      ? historyWriteError(path, file.bytesWritten, error)
      : error;
  }
}

function* chunks(events: Iterable<HistoryEvent>): IterableIterator<Buffer> {
  let text = "";
  for (const event of events) {
    text += formatEvent(event);
    if (text.length < CHUNK_LENGTH) continue;
    yield Buffer.from(text, "utf8");
    text = "";
  }
  if (text !== "") yield Buffer.from(text, "utf8");
}
