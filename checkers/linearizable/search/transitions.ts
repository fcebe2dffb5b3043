import { UsageError } from "../../../harness/errors.ts";
import { canonicalJson, type Json, ValueTable } from "../../../harness/history/index.ts";
import type { Dataflow, Model, Step } from "../../models/index.ts";
import type { Meter } from "../meter.ts";
import type { TransitionClass } from "../preparation/problem.ts";

/** What {@link Transitions.next} gives where the operation cannot have had its answer in that state. */
export const REJECTED = -1;

/** In the dense table: nobody has asked yet. */
const UNASKED = -2;

/** Entries of the dense table at most; with more states or classes than fit, the table is hashed. */
const DENSE_ENTRIES = 1 << 18;

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
  readonly model: Model;
  readonly #classes: readonly TransitionClass[];
  readonly #states = new ValueTable();
  readonly #meter: Meter;
  /** Triples state, class, next; state is -1 where the slot is free. */
  #slots: Int32Array;
  #mask: number;
  #count = 0;
  /** By state, then class: the next state. Where that is small it takes the place of the other. */
  #dense: Int32Array;
  readonly #denseStates: number;
  /** By class: 0 where nobody has asked whether it is blind, 1 no, 2 yes. */
  readonly #blind: Uint8Array;

  constructor(model: Model, classes: readonly TransitionClass[], meter: Meter) {
    this.model = model;
    this.#classes = classes;
    this.#meter = meter;
    this.#mask = 63;
    this.#denseStates = Math.floor(DENSE_ENTRIES / classes.length);
    this.#dense = new Int32Array(0);
    meter.allocate(classes.length);
    this.#blind = new Uint8Array(classes.length);
    meter.allocate(64 * 12);
    this.#slots = new Int32Array(64 * 3).fill(-1);
    this.#states.intern(model.init);
  }

  /** The number of a state that may not have been met. */
  numberOf(state: Json): number {
    return this.#states.intern(state);
  }

  /**
   * The state that operations of a class leave wherever they succeed, if the model tells; its text is undefined where
   * that depends on the state before.
   */
  leaves(classNumber: number): Json | undefined {
    return this.model.dataflow?.leaves((this.#classes[classNumber] as TransitionClass).operation);
  }

  /** Whether operations of a class succeed in every state, and leave one that is known beforehand. */
  isBlind(classNumber: number): boolean {
    let answer = this.#blind[classNumber] as number;
    if (answer === 0) {
      answer = isBlind(this.#classes[classNumber] as TransitionClass, this.model.dataflow) ? 2 : 1;
      this.#blind[classNumber] = answer;
    }
    return answer === 2;
  }

  /** The state behind a number. */
  state(number: number): Json {
    return this.#states.get(number);
  }

  /** The state after an operation of that class, or {@link REJECTED}. */
  next(state: number, classNumber: number): number {
    if (state < this.#denseStates) {
      const index = state * this.#classes.length + classNumber;
      if (index >= this.#dense.length) this.#growDense(index);
      const known = this.#dense[index] as number;
      if (known !== UNASKED) return known;
      const next = this.#ask(state, classNumber);
      this.#dense[index] = next;
      return next;
    }
    return this.#nextHashed(state, classNumber);
  }

  #nextHashed(state: number, classNumber: number): number {
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
    // A step of a user's model may take long.
    this.#meter.spend(1);
    const step = this.model.step(this.#states.get(state), operation);
    if (this.isBlind(classNumber)) this.#assertBlind(state, classNumber, step);
    if ("rejected" in step) return REJECTED;
    const known = this.#states.size;
    const number = this.#states.intern(step.state);
    if (pure && number !== state) {
      throw new UsageError({
        code: "model-contradicts-itself",
        message:
          `model ${this.model.name} calls ${operation.f} ${JSON.stringify(operation.input)} pure, but its step changes ` +
          `the state ${JSON.stringify(this.#states.get(state))} to ${JSON.stringify(step.state)}`,
        hint: "isPure may be true only where step gives back the state that it was given",
      });
    }
    if (this.#states.size > known) this.#meter.allocate(BYTES_PER_STATE + sizeOf(step.state));
    return number;
  }

  #assertBlind(state: number, classNumber: number, step: Step<Json>): void {
    const { operation } = this.#classes[classNumber] as TransitionClass;
    const leaves = this.leaves(classNumber) as Json;
    if ("state" in step && canonicalJson(step.state) === canonicalJson(leaves)) return;
    const found = "state" in step ? `leaves ${JSON.stringify(step.state)}` : `is rejected: ${step.rejected}`;
    throw new UsageError({
      code: "model-contradicts-itself",
      message:
        `model ${this.model.name} says of ${operation.f} ${JSON.stringify(operation.input)} that it succeeds in any state and ` +
        `leaves ${JSON.stringify(leaves)}, but in the state ${JSON.stringify(this.#states.get(state))} it ${found}`,
      hint: 'dataflow.needs may be "any state" only where every step succeeds, and dataflow.leaves tells what it leaves',
    });
  }

  #growDense(index: number): void {
    const old = this.#dense;
    const wanted = Math.min(this.#denseStates * this.#classes.length, Math.max(64, 2 * (index + 1)));
    this.#meter.allocate(wanted * 4);
    this.#dense = new Int32Array(wanted).fill(UNASKED);
    this.#dense.set(old);
    this.#meter.allocate(-old.byteLength);
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

function isBlind({ operation, pure }: TransitionClass, dataflow: Dataflow<Json> | undefined): boolean {
  if (pure || dataflow === undefined) return false;
  return dataflow.needs(operation) === "any state" && dataflow.leaves(operation) !== undefined;
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
