import { invariant } from "../errors.ts";
import { type AppendFile, createAppendFile } from "./append-file.ts";
import { formatEvent } from "./format-event.ts";
import type { History } from "./history.ts";
import { HistoryBuilder } from "./history-builder.ts";
import { historyWriteError } from "./history-write-error.ts";
import type { HistoryEvent, Key } from "./operation.ts";
import { addNumbered, type Recorder, type UnrecordedEvent, UsedKeys } from "./recorder.ts";

const BUFFER_LENGTH = 64 * 1024;

/**
 * Records a run in memory and in a file. Lines gather in a buffer of 64 KiB and are written synchronously and in
 * order when it is full and at each {@link flush}; so whenever the process is killed, the file holds a prefix of the
 * events, its last line cut at worst. Whoever records owns the time: flush when idle, and at least every 100 ms.
 *
 * Cost: O(size of the event) an append, one system call a flush.
 *
 * Errors: EnvironmentError `history-write-failed`. After it nothing is written any more, lest there be a gap; each
 * further call but {@link close} throws it again.
 */
export class JsonlRecorder implements Recorder {
  readonly #path: string;
  readonly #file: AppendFile;
  readonly #builder = new HistoryBuilder();
  readonly #keys = new UsedKeys();
  #buffer = "";
  #bytesWritten = 0;
  #failure: Error | undefined;
  #closed = false;

  /** `path`: what the file is called in messages. {@link createRecorder} makes the file too. */
  constructor(path: string, file: AppendFile) {
    this.#path = path;
    this.#file = file;
  }

  get eventCount(): number {
    return this.#builder.eventCount;
  }

  get keys(): readonly Key[] {
    return this.#keys.list;
  }

  /** Bytes in the file, without what is still in the buffer. */
  get bytesWritten(): number {
    return this.#bytesWritten;
  }

  append(event: UnrecordedEvent): HistoryEvent {
    invariant(!this.#closed, "an event is appended to a recorder that is closed");
    if (this.#failure !== undefined) throw this.#failure;
    this.#keys.note(event);
    const recorded = addNumbered(this.#builder, event);
    this.#buffer += formatEvent(recorded);
    if (this.#buffer.length >= BUFFER_LENGTH) this.flush();
    return recorded;
  }

  flush(): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#buffer === "") return;
    const bytes = Buffer.from(this.#buffer, "utf8");
    this.#buffer = "";
    this.#attempt(() => {
      for (let at = 0; at < bytes.length; ) {
        const count = this.#file.write(bytes.subarray(at));
        if (count <= 0) throw new Error(`a write of ${bytes.length - at} bytes wrote none`);
        this.#bytesWritten += count;
        at += count;
      }
    });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    try {
      if (this.#failure === undefined) this.flush();
    } finally {
      this.#attempt(() => this.#file.close());
    }
  }

  history(): History {
    return this.#builder.finish();
  }

  #attempt(access: () => void): void {
    try {
      access();
    } catch (error) {
      // The first failure is the one that tells what went wrong.
      this.#failure ??= historyWriteError(this.#path, this.#bytesWritten, error, { isKept: true });
      throw this.#failure;
    }
  }
}

/** Starts a recording in a new file. Errors: EnvironmentError `history-write-failed`. */
export function createRecorder(path: string): JsonlRecorder {
  let file: AppendFile;
  try {
    file = createAppendFile(path);
  } catch (error) {
    throw historyWriteError(path, 0, error, { isKept: true });
  }
  return new JsonlRecorder(path, file);
}
