import { invariant } from "../../../harness/errors.ts";
import type { Meter } from "../meter.ts";
import { Cursor, Move } from "./cursor.ts";
import type { Reductions } from "./reductions.ts";
import type { Transitions } from "./transitions.ts";
import { Role, type Setting } from "./window.ts";

/** The end of the order, and its beginning. */
const END = -1;

/**
 * The order of operations, by number, that the moves of a search stand for: every completed operation, and those of the
 * crashed ones that were used. Pure operations come where they were answered, and overwritten ones that were never
 * used directly before the first operation that overwrites them.
 *
 * Cost: O(n·k), n operations, k open at a time; 17 bytes an operation.
 */
export function linearization(
  setting: Setting,
  transitions: Transitions,
  reductions: Reductions,
  meter: Meter,
  path: Int32Array,
): Int32Array {
  const { size } = setting.problem;
  meter.allocate(17 * size);
  const used = new Uint8Array(size);
  for (const move of path) {
    if ((move & 3) === Move.front || (move & 3) === Move.past) used[move >> 2] = 1;
  }
  const order = new Order(size);
  /** The last blind operation in front; earlier segments go before it. */
  let anchor = END;
  const cursor = new Cursor(setting, transitions, reductions, meter, {
    answered: (operation, inFront) => order.insert(operation, inFront ? END : anchor),
  });
  const { window } = cursor;
  const coverOpen = () => {
    for (let operation = window.firstBlind; operation !== -1; operation = window.nextBlind(operation)) {
      if (used[operation] === 0 && !order.has(operation)) order.insert(operation, END);
    }
  };
  cursor.advanceWindow();
  cursor.admit();
  cursor.settle();
  for (const move of path) {
    const operation = move >> 2;
    const kind = move & 3;
    const isPure = window.roles[operation] === Role.pure;
    if (kind === Move.front && window.roles[operation] === Role.blind) {
      coverOpen();
      anchor = operation;
    }
    if (kind === Move.front && !isPure) order.insert(operation, END);
    if (kind === Move.past && !isPure) order.insert(operation, anchor);
    cursor.apply(move);
    cursor.settle();
  }
  invariant(cursor.position === cursor.completions, "the moves of a search lead to the end of the history");
  const { returning } = window;
  for (const operation of returning) {
    invariant(order.has(operation), "every completed operation has a place in the order");
  }
  return order.all();
}

/** A list in which a place is known by the operation that is there. */
class Order {
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  readonly #placed: Uint8Array;
  readonly #sentinel: number;
  #count = 0;

  constructor(size: number) {
    this.#next = new Int32Array(size + 1);
    this.#previous = new Int32Array(size + 1);
    this.#placed = new Uint8Array(size);
    this.#sentinel = size;
    this.#next[size] = size;
    this.#previous[size] = size;
  }

  has(operation: number): boolean {
    return this.#placed[operation] === 1;
  }

  /** Puts an operation directly before another one, or at the end. */
  insert(operation: number, before: number): void {
    invariant(this.#placed[operation] === 0, "an operation has one place in the order");
    const after = before === END ? this.#sentinel : before;
    const previous = this.#previous[after] as number;
    this.#placed[operation] = 1;
    this.#next[previous] = operation;
    this.#previous[operation] = previous;
    this.#next[operation] = after;
    this.#previous[after] = operation;
    this.#count++;
  }

  all(): Int32Array {
    const all = new Int32Array(this.#count);
    let at = this.#sentinel;
    for (let index = 0; index < all.length; index++) {
      at = this.#next[at] as number;
      all[index] = at;
    }
    return all;
  }
}
