import type { Meter } from "../linearizable/meter.ts";
import { doubled } from "../linearizable/search/doubled.ts";

/**
 * Configurations from which nothing leads on, as rows of integers; equal ones, and only those, are the same.
 *
 * Cost: O(width) a question; 4·width bytes a row, and 8 to 16 for the table.
 */
export class DeadEnds {
  readonly #width: number;
  readonly #meter: Meter;
  #rows: Int32Array<ArrayBuffer>;
  #count = 0;
  /** Row numbers + 1, 0 where free. */
  #slots: Int32Array<ArrayBuffer>;

  constructor(width: number, meter: Meter) {
    this.#width = width;
    this.#meter = meter;
    meter.allocate(4 * (16 * width + 64));
    this.#rows = new Int32Array(16 * width);
    this.#slots = new Int32Array(64);
  }

  has(configuration: Int32Array): boolean {
    return this.#slots[this.#find(configuration)] !== 0;
  }

  add(configuration: Int32Array): void {
    const slot = this.#find(configuration);
    if (this.#slots[slot] !== 0) return;
    if ((this.#count + 1) * this.#width > this.#rows.length) this.#rows = doubled(this.#rows, this.#meter);
    this.#rows.set(configuration, this.#count * this.#width);
    this.#slots[slot] = ++this.#count;
    if (2 * this.#count > this.#slots.length) this.#grow();
  }

  /** The slot of an equal row, or the free one where it belongs. */
  #find(configuration: Int32Array): number {
    const mask = this.#slots.length - 1;
    let slot = hash(configuration, 0, this.#width) & mask;
    while (this.#slots[slot] !== 0 && !this.#equals((this.#slots[slot] as number) - 1, configuration)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  #equals(row: number, configuration: Int32Array): boolean {
    const from = row * this.#width;
    for (let at = 0; at < this.#width; at++) {
      if (this.#rows[from + at] !== configuration[at]) return false;
    }
    return true;
  }

  #grow(): void {
    this.#meter.allocate(this.#slots.byteLength);
    this.#slots = new Int32Array(2 * this.#slots.length);
    const mask = this.#slots.length - 1;
    for (let row = 0; row < this.#count; row++) {
      let slot = hash(this.#rows, row * this.#width, this.#width) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = row + 1;
    }
  }
}

function hash(values: Int32Array, from: number, width: number): number {
  let mixed = 0x9e3779b1;
  for (let at = from; at < from + width; at++) {
    mixed = Math.imul(mixed ^ (values[at] as number), 0x85ebca6b);
    mixed ^= mixed >>> 15;
  }
  return mixed >>> 0;
}
