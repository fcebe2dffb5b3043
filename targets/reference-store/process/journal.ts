import { closeSync, fsync, fsyncSync, ftruncateSync, openSync, readFileSync, write } from "node:fs";
import { dirname } from "node:path";
import type { Json } from "../../../harness/history/operation.ts";
import type { DiskContents } from "../frame.ts";

/** One line of the file. */
type Entry =
  | { readonly record: string; readonly value: Json }
  | { readonly log: string; readonly append: readonly Json[] }
  | { readonly log: string; readonly truncate: number };

/**
 * A node's disk in one file, to which each write is a line. What was written reaches the file with the next sync, which is
 * a real fsync; syncs run one at a time, and the next one covers everything written meanwhile (group commit). A kill in
 * the middle of a line leaves a rest that the next start cuts off.
 */
export class Journal {
  readonly #descriptor: number;
  readonly #contents: DiskContents;
  readonly #onFailure: (error: Error) => void;
  #unwritten: string[] = [];
  #syncing: (() => void)[] | undefined;
  #waiting: (() => void)[] = [];

  /** `onFailure`: a disk that cannot keep anything is none; the node is to end. */
  constructor(path: string, onFailure: (error: Error) => void) {
    this.#onFailure = onFailure;
    // Appending, and readable: a fresh file where there is none.
    this.#descriptor = openSync(path, "a+");
    // The file's name must outlive the machine too.
    const folder = openSync(dirname(path), "r");
    fsyncSync(folder);
    closeSync(folder);
    const bytes = readFileSync(path);
    const whole = bytes.lastIndexOf(0x0a) + 1;
    if (whole < bytes.length) ftruncateSync(this.#descriptor, whole);
    this.#contents = replay(bytes.toString("utf8", 0, whole));
  }

  /** What was there at the start. */
  contents(): DiskContents {
    return this.#contents;
  }

  write(name: string, value: Json): void {
    this.#add({ record: name, value });
  }

  append(name: string, entries: readonly Json[]): void {
    this.#add({ log: name, append: entries });
  }

  /** Cuts a log to its first `length` entries. */
  truncate(name: string, length: number): void {
    this.#add({ log: name, truncate: length });
  }

  /** Calls back when everything written so far is durable: at once where it is already. */
  sync(onDurable: () => void): void {
    if (this.#syncing !== undefined) this.#waiting.push(onDurable);
    else if (this.#unwritten.length === 0) onDurable();
    else this.#begin([onDurable]);
  }

  #add(entry: Entry): void {
    this.#unwritten.push(`${JSON.stringify(entry)}\n`);
  }

  #begin(done: (() => void)[]): void {
    this.#syncing = done;
    const bytes = Buffer.from(this.#unwritten.join(""));
    this.#unwritten = [];
    this.#put(bytes, () =>
      fsync(this.#descriptor, (error) => {
        if (error !== null) this.#onFailure(error);
        else this.#finish();
      }),
    );
  }

  #put(bytes: Buffer, then: () => void): void {
    write(this.#descriptor, bytes, (error, written) => {
      if (error !== null) this.#onFailure(error);
      else if (written < bytes.length) this.#put(bytes.subarray(written), then);
      else then();
    });
  }

  #finish(): void {
    const done = this.#syncing ?? [];
    this.#syncing = undefined;
    for (const onDurable of done) onDurable();
    const waiting = this.#waiting;
    this.#waiting = [];
    if (waiting.length === 0) return;
    // What called back may have asked for the next sync already.
    if (this.#syncing !== undefined) this.#waiting.unshift(...waiting);
    else if (this.#unwritten.length > 0) this.#begin(waiting);
    else for (const onDurable of waiting) onDurable();
  }
}

function replay(text: string): DiskContents {
  const records = new Map<string, Json>();
  const logs = new Map<string, Json[]>();
  for (const line of text.split("\n")) {
    if (line === "") continue;
    const entry = JSON.parse(line) as Entry;
    if ("record" in entry) {
      records.set(entry.record, entry.value);
      continue;
    }
    const log = logs.get(entry.log) ?? [];
    logs.set(entry.log, log);
    if ("append" in entry) for (const each of entry.append) log.push(each);
    else log.length = Math.min(log.length, entry.truncate);
  }
  return { records, logs };
}
