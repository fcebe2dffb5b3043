import type { Json } from "../../harness/history/operation.ts";
import type { EffectList } from "./effect-list.ts";
import type { DiskContents } from "./frame.ts";

/** What stands for the first entries of a log, once they are gone: a value, never changed later. */
export type Snapshot<About extends Json> = {
  /** The last entry that it stands for; 0: none. */
  readonly lastIndex: number;
  readonly about: About;
};

type Stored<About extends Json> = { readonly snapshot: Snapshot<About>; readonly file: string };
type Disk = Pick<EffectList<unknown>, "append" | "truncate" | "write">;

/** The entries are in one of two files; the record says in which. */
const FILES = ["log a", "log b"] as const;
const RECORD = "snapshot";

/**
 * A log on stable storage whose first entries a snapshot can replace, with indices from 1 that stay as they are. A
 * file on disk only loses its end, so compaction copies what is left into the other file and lets one record name the
 * snapshot and the file together: whatever part of that a kill leaves, the record and its file agree. Nothing is synced
 * here. Cost: O(1) an entry; compaction O(entries left).
 */
export class CompactedLog<Entry extends Json, About extends Json> {
  #snapshot: Snapshot<About>;
  #file: string;
  readonly #entries: Entry[];

  /** The log that the disk holds; `about` is what an empty snapshot says. */
  constructor(disk: DiskContents, about: About) {
    const stored = disk.records.get(RECORD) as Stored<About> | undefined;
    this.#snapshot = stored?.snapshot ?? { lastIndex: 0, about };
    this.#file = stored?.file ?? FILES[0];
    this.#entries = [...((disk.logs.get(this.#file) ?? []) as readonly Entry[])];
  }

  get snapshot(): Snapshot<About> {
    return this.#snapshot;
  }

  get lastIndex(): number {
    return this.#snapshot.lastIndex + this.#entries.length;
  }

  /** Undefined before the first and after the last entry that is there. */
  at(index: number): Entry | undefined {
    return this.#entries[index - this.#snapshot.lastIndex - 1];
  }

  /** At most `limit` entries from `index` on, which is behind the snapshot. */
  from(index: number, limit = Number.POSITIVE_INFINITY): readonly Entry[] {
    const start = index - this.#snapshot.lastIndex - 1;
    return this.#entries.slice(start, start + limit);
  }

  append(entries: readonly Entry[], disk: Disk): void {
    for (const entry of entries) this.#entries.push(entry);
    disk.append(this.#file, entries);
  }

  /** Drops every entry after `index`. */
  truncateAfter(index: number, disk: Disk): void {
    const length = Math.max(0, index - this.#snapshot.lastIndex);
    this.#entries.length = length;
    disk.truncate(this.#file, length);
  }

  /** Lets a snapshot stand for its entries. Those behind it are kept where `keepRest`. */
  compact(snapshot: Snapshot<About>, keepRest: boolean, disk: Disk): void {
    const rest = keepRest ? this.from(snapshot.lastIndex + 1) : [];
    const before = this.#file;
    this.#file = before === FILES[0] ? FILES[1] : FILES[0];
    // A kill in the middle of an earlier compaction may have left entries there.
    disk.truncate(this.#file, 0);
    disk.append(this.#file, rest);
    disk.write(RECORD, { snapshot, file: this.#file });
    disk.truncate(before, 0);
    this.#snapshot = snapshot;
    this.#entries.splice(0, this.#entries.length, ...rest);
  }
}
