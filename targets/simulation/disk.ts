import type { Random } from "../../harness/clock/random.ts";
import type { Scheduled, VirtualClock } from "../../harness/clock/virtual-clock.ts";
import { invariant } from "../../harness/errors.ts";
import type { Json } from "../../harness/history/operation.ts";
import { latencyNs } from "./latency.ts";

/** What a disk holds: records by name, and logs that grow at their end. */
export interface DiskContents {
  readonly records: ReadonlyMap<string, Json>;
  readonly logs: ReadonlyMap<string, readonly Json[]>;
}

export interface DiskOptions {
  /** Mean time that a sync takes. */
  readonly meanSyncNs: number;
}

type Write =
  | { readonly type: "record"; readonly name: string; readonly value: Json }
  | { readonly type: "append"; readonly name: string; readonly entries: readonly Json[] }
  | { readonly type: "truncate"; readonly name: string; readonly length: number };

interface RunningSync {
  /** How many of the unsynced writes it makes durable. */
  readonly covered: number;
  readonly done: (() => void)[];
  readonly end: Scheduled;
}

/**
 * One node's disk. A write is durable once a sync that was asked for after it has finished. Syncs run one at a time and
 * the next one covers everything written meanwhile (group commit).
 *
 * Of the writes under a sync that a kill cut short, any first part may have reached the disk; later ones are lost.
 */
export class SimulatedDisk {
  readonly #records = new Map<string, Json>();
  readonly #logs = new Map<string, Json[]>();
  readonly #clock: VirtualClock;
  readonly #random: Random;
  readonly #options: DiskOptions;
  /** Written and not durable, oldest first. */
  #unsynced: Write[] = [];
  #running: RunningSync | undefined;
  #waiting: (() => void)[] = [];

  constructor(clock: VirtualClock, random: Random, options: DiskOptions) {
    this.#clock = clock;
    this.#random = random;
    this.#options = options;
  }

  write(name: string, value: Json): void {
    this.#unsynced.push({ type: "record", name, value });
  }

  append(name: string, entries: readonly Json[]): void {
    this.#unsynced.push({ type: "append", name, entries });
  }

  /** Cuts a log to its first `length` entries. */
  truncate(name: string, length: number): void {
    this.#unsynced.push({ type: "truncate", name, length });
  }

  /** Calls back when everything written so far is durable: at once where it is already. */
  sync(onDurable: () => void): void {
    if (this.#running === undefined && this.#unsynced.length === 0) onDurable();
    else if (this.#running === undefined) this.#begin([onDurable]);
    else if (this.#running.covered === this.#unsynced.length) this.#running.done.push(onDurable);
    else this.#waiting.push(onDurable);
  }

  /** The machine dies. Returns how many writes were lost. */
  crash(): number {
    const survivors = this.#running === undefined ? 0 : this.#random.int(this.#running.covered + 1);
    for (const write of this.#unsynced.slice(0, survivors)) this.#apply(write);
    const lost = this.#unsynced.length - survivors;
    this.#running?.end.cancel();
    this.#running = undefined;
    this.#unsynced = [];
    this.#waiting = [];
    return lost;
  }

  /** What is durable now; a copy. Cost: O(size of the contents). */
  contents(): DiskContents {
    return {
      records: new Map(this.#records),
      logs: new Map(Array.from(this.#logs, ([name, entries]) => [name, [...entries]])),
    };
  }

  #begin(done: (() => void)[]): void {
    const end = this.#clock.schedule(latencyNs(this.#random, this.#options.meanSyncNs), () => this.#finish());
    this.#running = { covered: this.#unsynced.length, done, end };
  }

  #finish(): void {
    const { covered, done } = this.#running as RunningSync;
    for (const write of this.#unsynced.splice(0, covered)) this.#apply(write);
    this.#running = undefined;
    if (this.#waiting.length > 0) this.#begin(this.#waiting.splice(0));
    for (const onDurable of done) onDurable();
  }

  #apply(write: Write): void {
    if (write.type === "record") {
      this.#records.set(write.name, write.value);
      return;
    }
    const log = this.#logs.get(write.name) ?? [];
    this.#logs.set(write.name, log);
    if (write.type === "append") for (const entry of write.entries) log.push(entry);
    else {
      invariant(write.length <= log.length, `log ${write.name} of ${log.length} cut to ${write.length}`);
      log.length = write.length;
    }
  }
}
