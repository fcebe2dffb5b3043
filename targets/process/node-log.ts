import { closeSync, openSync, writeSync } from "node:fs";
import { describeError } from "../../harness/errors.ts";

/** More than this of a node's log is not kept: a node that logs in a loop must not fill the disk. */
const MAX_BYTES = 64 * 2 ** 20;

/** How much of the end is told in errors. */
const TAIL_BYTES = 2_000;

/**
 * A node's log in a file, written as it comes, so that it is there whatever becomes of this process. Lines of the
 * environment's own begin with `[assay]`.
 */
export class NodeLog {
  readonly path: string;
  readonly #onFailure: (message: string) => void;
  #descriptor: number | undefined;
  #bytes = 0;
  #tail = "";

  /** `onFailure`: told once where the file cannot be written; a log decides nothing. */
  constructor(path: string, onFailure: (message: string) => void) {
    this.path = path;
    this.#onFailure = onFailure;
    this.#attempt(() => {
      this.#descriptor = openSync(path, "a");
    });
  }

  /** What the node wrote to its standard error. */
  add(chunk: Uint8Array): void {
    this.#tail = (this.#tail + Buffer.from(chunk).toString("utf8")).slice(-TAIL_BYTES);
    const left = MAX_BYTES - this.#bytes;
    if (left <= 0) return;
    this.#bytes += chunk.length;
    this.#write(chunk.length < left ? chunk : chunk.subarray(0, left));
    if (chunk.length >= left) this.#write(`\n[assay] more than ${MAX_BYTES / 2 ** 20} MiB are not kept\n`);
  }

  /** What happened to the node. */
  note(message: string): void {
    this.#write(`[assay] ${message}\n`);
  }

  /** The last lines that the node wrote, at most `count`. */
  lastLines(count: number): readonly string[] {
    return this.#tail
      .split("\n")
      .filter((line) => line.trim() !== "")
      .slice(-count);
  }

  /** Forgets what was written last: a node that starts again has said nothing yet. */
  begin(): void {
    this.#tail = "";
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  #write(data: Uint8Array | string): void {
    const descriptor = this.#descriptor;
    if (descriptor === undefined) return;
    this.#attempt(() =>
      typeof data === "string" ? writeSync(descriptor, data) : writeSync(descriptor, data),
    );
  }

  #attempt(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#descriptor = undefined;
      this.#onFailure(`${this.path} cannot be written: ${describeError(error)}`);
    }
  }
}
