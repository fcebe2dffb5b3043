import type { Meter } from "./meter.ts";

/** What {@link ConfigurationTable.add} gives for a configuration that need not be entered. */
export const KNOWN = -1;

/** Fields of a row before its bits. */
const POSITION = 0;
const STATE = 1;
const NEXT = 2;
const BITS = 3;

/**
 * The configurations seen so far, each a row of a few integers: position, state, and two sets of bits. `exact` bits
 * must be equal for two configurations to compare; `burden` bits are the fewer the better. With `dominance`, a
 * configuration is known when one was seen that is equal in the rest and whose burden is a subset; otherwise, when an
 * equal one was seen.
 *
 * Cost: a probe of an open-addressing table, then a walk along the configurations with incomparable burdens.
 * 4·(3 + words) bytes a configuration, and 4 to 16 for the table.
 */
export class ConfigurationTable {
  readonly #exactWords: number;
  readonly #words: number;
  readonly #dominance: boolean;
  readonly #width: number;
  readonly #meter: Meter;
  #rows: Int32Array;
  #count = 0;
  /** Row numbers + 1 of the heads of chains; 0 where free. */
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

  position(row: number): number {
    return this.#rows[row * this.#width + POSITION] as number;
  }

  state(row: number): number {
    return this.#rows[row * this.#width + STATE] as number;
  }

  /** Copies the bits of a row. */
  readBits(row: number, into: Int32Array): void {
    const from = row * this.#width + BITS;
    for (let word = 0; word < this.#words; word++) into[word] = this.#rows[from + word] as number;
  }

  /** The row of a new configuration, or {@link KNOWN}. */
  add(position: number, state: number, bits: Int32Array): number {
    let slot = this.#hash(position, state, bits, 0) & this.#mask;
    let head = this.#heads[slot] as number;
    while (head !== 0 && !this.#comparable(head - 1, position, state, bits)) {
      slot = (slot + 1) & this.#mask;
      head = this.#heads[slot] as number;
    }
    let chain = head - 1;
    if (head !== 0) {
      if (!this.#dominance) return KNOWN;
      chain = this.#thin(head - 1, bits);
      if (chain === KNOWN_CHAIN) return KNOWN;
    }
    const row = this.#append(position, state, bits, chain);
    this.#heads[slot] = row + 1;
    if (head === 0 && 2 * ++this.#headCount > this.#mask) this.#growHeads();
    return row;
  }

  /** Takes the rows out of a chain that carry more than `bits`; its new head, or that `bits` carries more than one. */
  #thin(head: number, bits: Int32Array): number {
    let first = head;
    let before = -1;
    for (let row = head; row !== -1; ) {
      const next = this.#rows[row * this.#width + NEXT] as number;
      const order = this.#compareBurden(row, bits);
      if (order <= 0) return KNOWN_CHAIN;
      if (order === 1) {
        if (before === -1) first = next;
        else this.#rows[before * this.#width + NEXT] = next;
      } else before = row;
      row = next;
      if (++this.#unpaid === 1024) {
        this.#unpaid = 0;
        this.#meter.spend(1024);
      }
    }
    return first;
  }

  /** 0 or -1 where the row's burden is a subset of that of `bits`, 1 where it is a proper superset, 2 otherwise. */
  #compareBurden(row: number, bits: Int32Array): number {
    const from = row * this.#width + BITS;
    let subset = true;
    let superset = true;
    for (let word = this.#exactWords; word < this.#words; word++) {
      const mine = this.#rows[from + word] as number;
      const other = bits[word] as number;
      if ((mine & ~other) !== 0) subset = false;
      if ((other & ~mine) !== 0) superset = false;
      if (!subset && !superset) return 2;
    }
    if (subset) return superset ? 0 : -1;
    return 1;
  }

  #comparable(row: number, position: number, state: number, bits: Int32Array): boolean {
    const from = row * this.#width;
    if (this.#rows[from + POSITION] !== position || this.#rows[from + STATE] !== state) return false;
    for (let word = 0; word < this.#exactWords; word++) {
      if (this.#rows[from + BITS + word] !== bits[word]) return false;
    }
    return true;
  }

  #hash(position: number, state: number, bits: Int32Array, offset: number): number {
    let hash = Math.imul(position, 0x9e3779b1) ^ Math.imul(state + 1, 0x85ebca6b);
    for (let word = 0; word < this.#exactWords; word++) {
      hash = Math.imul(hash ^ (hash >>> 15) ^ (bits[offset + word] as number), 0xc2b2ae35);
    }
    hash = Math.imul(hash ^ (hash >>> 13), 0x27d4eb2f);
    return (hash ^ (hash >>> 16)) >>> 0;
  }

  #append(position: number, state: number, bits: Int32Array, next: number): number {
    const row = this.#count;
    const from = row * this.#width;
    if (from === this.#rows.length) this.#growRows();
    this.#rows[from + POSITION] = position;
    this.#rows[from + STATE] = state;
    this.#rows[from + NEXT] = next;
    for (let word = 0; word < this.#words; word++) this.#rows[from + BITS + word] = bits[word] as number;
    this.#count++;
    return row;
  }

  #growRows(): void {
    const old = this.#rows;
    this.#meter.allocate(old.byteLength * 2);
    this.#rows = new Int32Array(old.length * 2);
    this.#rows.set(old);
    this.#meter.allocate(-old.byteLength);
  }

  #growHeads(): void {
    const old = this.#heads;
    this.#meter.allocate(old.byteLength * 2);
    this.#heads = new Int32Array(old.length * 2);
    this.#mask = this.#heads.length - 1;
    for (const head of old) {
      if (head === 0) continue;
      const row = head - 1;
      let slot =
        this.#hash(this.position(row), this.state(row), this.#rows, row * this.#width + BITS) & this.#mask;
      while (this.#heads[slot] !== 0) slot = (slot + 1) & this.#mask;
      this.#heads[slot] = head;
    }
    this.#meter.allocate(-old.byteLength);
  }
}

/** What #thin gives where the configuration is dominated; -1 is an empty chain. */
const KNOWN_CHAIN = -2;
