import type { Meter } from "../meter.ts";
import { doubled } from "./doubled.ts";

/** What {@link ConfigurationTable.add} gives for a configuration that need not be entered. */
export const KNOWN = -1;

/** Fields of a row before its bits. */
const POSITION = 0;
const STATE = 1;
const PHASE = 2;
const CUT = 3;
const NEXT = 4;
const NOTE = 5;
const BITS = 6;

/** In place of the next row of a chain, for one that a better row has taken out of it. */
const DOMINATED = -2;

/** What #thin gives where the configuration is dominated; -1 is an empty chain. */
const KNOWN_CHAIN = -2;

/** Rows or chains between two looks at the budget. */
const PER_LOOK = 1 << 14;

/** One configuration, as the search has it at hand. */
export interface Configuration {
  position: number;
  state: number;
  phase: number;
  cut: number;
  readonly bits: Int32Array;
}

/**
 * The configurations seen so far, each a row of a few integers: position, state, phase, cut, and two sets of bits.
 * `exact` bits must be equal for two configurations to compare; `burden` bits are the fewer the better, and of cuts the
 * later is the better. With `dominance`, a configuration is known when one was seen that is equal in the rest and at
 * least as good in these; otherwise, when an equal one was seen.
 *
 * Cost: a probe of an open-addressing table, then a walk along the configurations that are incomparable.
 * 4·(6 + words) bytes a configuration, and 4 to 16 for the table.
 */
export class ConfigurationTable {
  readonly #exactWords: number;
  readonly #words: number;
  readonly #dominance: boolean;
  readonly #width: number;
  readonly #meter: Meter;
  #rows: Int32Array;
  #count = 0;
  /** Rows of all contents that were forgotten: the heads hold numbers that go on, so that nothing has to be erased. */
  #forgotten = 0;
  /** Row numbers + 1 + #forgotten of the heads of chains; free where that is no row of today. */
  #heads: Int32Array;
  #headCount = 0;
  #mask: number;
  /** Steps that were walked and not yet paid for. */
  #unpaid = 0;

  constructor(shape: { exactWords: number; burdenWords: number; dominance: boolean }, meter: Meter) {
    this.#words = shape.exactWords + shape.burdenWords;
    this.#exactWords = shape.dominance ? shape.exactWords : this.#words;
    this.#dominance = shape.dominance;
    this.#width = BITS + this.#words;
    this.#meter = meter;
    meter.allocate(32 * this.#width * 4 + 64 * 4);
    this.#rows = new Int32Array(32 * this.#width);
    this.#heads = new Int32Array(64);
    this.#mask = 63;
  }

  get count(): number {
    return this.#count;
  }

  /** Copies a row. */
  read(row: number, into: Configuration): void {
    const rows = this.#rows;
    const from = row * this.#width;
    into.position = rows[from + POSITION] as number;
    into.state = rows[from + STATE] as number;
    into.phase = rows[from + PHASE] as number;
    into.cut = rows[from + CUT] as number;
    for (let word = 0; word < this.#words; word++) into.bits[word] = rows[from + BITS + word] as number;
  }

  /** Whether a better configuration was added after this one. */
  isDominated(row: number): boolean {
    return this.#rows[row * this.#width + NEXT] === DOMINATED;
  }

  /** The number that was given with a row. */
  note(row: number): number {
    return this.#rows[row * this.#width + NOTE] as number;
  }

  /** Forgets every row; what was allocated is kept. */
  clear(): void {
    this.#forgotten += this.#count;
    this.#count = 0;
    this.#headCount = 0;
    if (this.#forgotten < 0x3fff_ffff) return;
    this.#forgotten = 0;
    this.#heads.fill(0);
  }

  /** The row of a new configuration, or {@link KNOWN}. */
  add(configuration: Configuration, note = 0): number {
    let slot = this.#hashOf(configuration) & this.#mask;
    let head = (this.#heads[slot] as number) - this.#forgotten;
    while (head > 0 && !this.#comparable(head - 1, configuration)) {
      slot = (slot + 1) & this.#mask;
      head = (this.#heads[slot] as number) - this.#forgotten;
    }
    let chain = -1;
    if (head > 0) {
      chain = this.#thin(head - 1, configuration);
      if (chain === KNOWN_CHAIN) return KNOWN;
    }
    const row = this.#append(configuration, chain, note);
    this.#heads[slot] = row + 1 + this.#forgotten;
    if (head <= 0 && 2 * ++this.#headCount > this.#mask) this.#growHeads();
    return row;
  }

  /** Takes the rows out of a chain that are worse; its new head, or that one is at least as good. */
  #thin(head: number, configuration: Configuration): number {
    const rows = this.#rows;
    let first = head;
    let before = -1;
    for (let row = head; row !== -1; ) {
      const next = rows[row * this.#width + NEXT] as number;
      const order = this.#compare(row, configuration);
      if (order <= 0) return KNOWN_CHAIN;
      if (order === 1) {
        if (before === -1) first = next;
        else rows[before * this.#width + NEXT] = next;
        rows[row * this.#width + NEXT] = DOMINATED;
      } else before = row;
      row = next;
      if (++this.#unpaid === 1024) {
        this.#unpaid = 0;
        this.#meter.spend(1024);
      }
    }
    return first;
  }

  /** 0 or -1 where the row is at least as good, 1 where it is worse, 2 where they are incomparable. */
  #compare(row: number, { cut, bits }: Configuration): number {
    const rows = this.#rows;
    const from = row * this.#width;
    const mineCut = rows[from + CUT] as number;
    // Without dominance only equals compare, and their bits are all exact.
    if (!this.#dominance) return mineCut === cut ? 0 : 2;
    let better = mineCut >= cut;
    let worse = mineCut <= cut;
    for (let word = this.#exactWords; word < this.#words; word++) {
      const mine = rows[from + BITS + word] as number;
      const other = bits[word] as number;
      if ((mine & ~other) !== 0) better = false;
      if ((other & ~mine) !== 0) worse = false;
      if (!better && !worse) return 2;
    }
    if (better) return worse ? 0 : -1;
    return 1;
  }

  #comparable(row: number, { position, state, phase, bits }: Configuration): boolean {
    const rows = this.#rows;
    const from = row * this.#width;
    if (rows[from + STATE] !== state || rows[from + POSITION] !== position || rows[from + PHASE] !== phase) {
      return false;
    }
    for (let word = 0; word < this.#exactWords; word++) {
      if (rows[from + BITS + word] !== bits[word]) return false;
    }
    return true;
  }

  #hashOf({ position, state, phase, bits }: Configuration): number {
    return this.#hash(position, state, phase, bits, 0);
  }

  #hash(position: number, state: number, phase: number, bits: Int32Array, offset: number): number {
    let hash =
      Math.imul(position, 0x9e3779b1) ^ Math.imul(state + 1, 0x85ebca6b) ^ Math.imul(phase, 0x1b873593);
    for (let word = 0; word < this.#exactWords; word++) {
      hash = Math.imul(hash ^ (hash >>> 15) ^ (bits[offset + word] as number), 0xc2b2ae35);
    }
    hash = Math.imul(hash ^ (hash >>> 13), 0x27d4eb2f);
    return (hash ^ (hash >>> 16)) >>> 0;
  }

  #append(configuration: Configuration, next: number, note: number): number {
    const row = this.#count;
    const from = row * this.#width;
    if (from === this.#rows.length) this.#rows = doubled(this.#rows, this.#meter);
    this.#meter.enter?.();
    const rows = this.#rows;
    rows[from + POSITION] = configuration.position;
    rows[from + STATE] = configuration.state;
    rows[from + PHASE] = configuration.phase;
    rows[from + CUT] = configuration.cut;
    rows[from + NEXT] = next;
    rows[from + NOTE] = note;
    for (let word = 0; word < this.#words; word++) {
      rows[from + BITS + word] = configuration.bits[word] as number;
    }
    this.#count++;
    return row;
  }

  #growHeads(): void {
    const old = this.#heads;
    this.#meter.allocate(old.byteLength * 2);
    this.#heads = new Int32Array(old.length * 2);
    this.#mask = this.#heads.length - 1;
    const rows = this.#rows;
    for (let index = 0; index < old.length; index++) {
      const head = (old[index] as number) - this.#forgotten;
      if (head <= 0) continue;
      const from = (head - 1) * this.#width;
      const hash = this.#hash(
        rows[from + POSITION] as number,
        rows[from + STATE] as number,
        rows[from + PHASE] as number,
        rows,
        from + BITS,
      );
      let slot = hash & this.#mask;
      while (this.#heads[slot] !== 0) slot = (slot + 1) & this.#mask;
      this.#heads[slot] = old[index] as number;
      if (index % PER_LOOK === 0) this.#meter.spend(0);
    }
    this.#meter.allocate(-old.byteLength);
  }
}
