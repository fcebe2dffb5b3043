import { UsageError } from "../../harness/errors.ts";
import { type Json, ValueTable } from "../../harness/history/index.ts";
import type { Model } from "../models/index.ts";
import type { Meter } from "./meter.ts";
import type { TransitionClass } from "./problem.ts";

/** What {@link Transitions.next} gives where the operation cannot have had its answer in that state. */
export const REJECTED = -1;

/** A guess at what one interned state takes beside its own size. */
const BYTES_PER_STATE = 200;

/** Number of the initial state. */
export const INITIAL = 0;

/**
 * The model as a table: states are numbered as they appear, and each (state, class of operations) is asked once.
 *
 * Cost: one probe of an open-addressing table a call; 12 bytes an entry, at most half full.
 * Errors: {@link UsageError} `model-contradicts-itself`.
 */
export class Transitions {
  readonly #model: Model;
  readonly #classes: readonly TransitionClass[];
  readonly #states = new ValueTable();
  readonly #meter: Meter;
  /** Triples state, class, next; state is -1 where the slot is free. */
  #slots: Int32Array;
  #mask: number;
  #count = 0;

  constructor(model: Model, classes: readonly TransitionClass[], meter: Meter) {
    this.#model = model;
    this.#classes = classes;
    this.#meter = meter;
    this.#mask = 63;
    meter.allocate(64 * 12);
    this.#slots = new Int32Array(64 * 3).fill(-1);
    this.#states.intern(model.init);
  }

  /** The state behind a number. */
  state(number: number): Json {
    return this.#states.get(number);
  }

  /** The state after an operation of that class, or {@link REJECTED}. */
  next(state: number, classNumber: number): number {
    let slot = hash(state, classNumber) & this.#mask;
    for (;;) {
      const found = this.#slots[slot * 3] as number;
      if (found === -1) break;
      if (found === state && this.#slots[slot * 3 + 1] === classNumber) {
        return this.#slots[slot * 3 + 2] as number;
      }
      slot = (slot + 1) & this.#mask;
    }
    const next = this.#ask(state, classNumber);
    if (2 * (this.#count + 1) > this.#mask) {
      this.#grow();
      slot = this.#free(state, classNumber);
    }
    this.#slots[slot * 3] = state;
    this.#slots[slot * 3 + 1] = classNumber;
    this.#slots[slot * 3 + 2] = next;
    this.#count++;
    return next;
  }

  #ask(state: number, classNumber: number): number {
    const { operation, pure } = this.#classes[classNumber] as TransitionClass;
    const step = this.#model.step(this.#states.get(state), operation);
    if ("rejected" in step) return REJECTED;
    const known = this.#states.size;
    const number = this.#states.intern(step.state);
    if (pure && number !== state) {
      throw new UsageError({
        code: "model-contradicts-itself",
        message:
          `model ${this.#model.name} calls ${operation.f} ${JSON.stringify(operation.input)} pure, but its step changes ` +
          `the state ${JSON.stringify(this.#states.get(state))} to ${JSON.stringify(step.state)}`,
        hint: "isPure may be true only where step gives back the state that it was given",
      });
    }
    if (this.#states.size > known) this.#meter.allocate(BYTES_PER_STATE + sizeOf(step.state));
    return number;
  }

  #free(state: number, classNumber: number): number {
    let slot = hash(state, classNumber) & this.#mask;
    while (this.#slots[slot * 3] !== -1) slot = (slot + 1) & this.#mask;
    return slot;
  }

  #grow(): void {
    const old = this.#slots;
    this.#meter.allocate(old.byteLength * 2);
    this.#slots = new Int32Array(old.length * 2).fill(-1);
    this.#mask = this.#mask * 2 + 1;
    for (let from = 0; from < old.length; from += 3) {
      if (old[from] === -1) continue;
      const slot = this.#free(old[from] as number, old[from + 1] as number);
      this.#slots.set(old.subarray(from, from + 3), slot * 3);
    }
    this.#meter.allocate(-old.byteLength);
  }
}

function hash(state: number, classNumber: number): number {
  const mixed = Math.imul(state, 0x9e3779b1) ^ Math.imul(classNumber + 1, 0x85ebca6b);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}

/** Bytes that a state takes, roughly: numbers and names are shared, lists and objects are kept with their text. */
function sizeOf(state: Json): number {
  if (typeof state === "string") return 2 * state.length;
  return state !== null && typeof state === "object" ? 16 * JSON.stringify(state).length : 0;
}
