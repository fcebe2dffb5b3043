import { Random } from "../../harness/clock/random.ts";
import type { Json } from "../../harness/history/index.ts";
import type { BareEvent } from "./history-of.ts";

/** How large a generated history is, and what is wrong with it. */
export interface GeneratedShape {
  readonly operations: number;
  /** Clients that are busy nearly all the time. */
  readonly clients: number;
  /** Operations that crash, spread evenly; half of them have taken effect. Default 0. */
  readonly crashed?: number;
  /** Where one operation gets an answer that is certainly wrong. Default `none`: the history is valid. */
  readonly violation?: "none" | "middle" | "end";
  readonly seed: number;
}

/** One operation while the history is made. */
export interface GeneratedOperation {
  readonly f: string;
  readonly value: Json;
  /** Number of events before the invocation. */
  readonly call: number;
  readonly crashes: boolean;
}

/** An object that behaves atomically, and what its clients ask of it. Made afresh for each history. */
export interface GeneratedObject {
  /**
   * What a client asks next. `quiet` is true from a little before a violation on, also for all operations that crash in a
   * history that has one: whatever could later pass for an excuse of the wrong answer is then not asked.
   */
  invoke(random: Random, quiet: boolean): { readonly f: string; readonly value: Json };
  /** Takes effect; the value of the completion, or undefined where it fails without effect. */
  apply(f: string, value: Json): Json | undefined;
  /** Told of each invocation. */
  called?(operation: GeneratedOperation): void;
  /** Told of each completion, with the number of events before it. Failures count as completions. */
  returned?(operation: GeneratedOperation, at: number, answer: Json | undefined): void;
  /** An answer that this operation cannot have had, whatever order is taken; undefined where there is none. */
  wrongAnswer?(operation: GeneratedOperation): Json | undefined;
}

/** Operations of each client between the moment from which all is quiet and a violation. */
const QUIET = 12;

interface Running extends GeneratedOperation {
  /** Once it has taken effect: the value of its completion, or undefined where it fails. */
  effect: { readonly answer: Json | undefined } | undefined;
}

/**
 * The events of clients of one atomic object: each operation takes effect at one instant between invocation and
 * completion, so that the history is valid; a violation is one answer that is certainly wrong. A client whose
 * operation crashed goes on under a new process id.
 *
 * Cost: O(1) an event, besides what the object does. The same seed gives the same events.
 */
export function* generatedHistory(object: GeneratedObject, shape: GeneratedShape): Generator<BareEvent> {
  const { operations, clients, crashed = 0, violation = "none", seed } = shape;
  const random = new Random(seed);
  const ids = Array.from({ length: clients }, (_, client) => client);
  const running: (Running | undefined)[] = ids.map(() => undefined);
  const wrongFrom = violation === "none" ? Number.POSITIVE_INFINITY : placeOf(violation, operations, clients);
  let wrong = violation === "none";
  let nextId = clients;
  let invoked = 0;
  let open = 0;
  let at = 0;
  while (invoked < operations || open > 0) {
    const client = random.int(clients);
    const id = ids[client] as number;
    const operation = running[client];
    if (operation === undefined) {
      if (invoked === operations) continue;
      const crashes = crashesAt(invoked, crashed, operations);
      const quiet = !wrong && (crashes || invoked >= wrongFrom - QUIET * clients);
      const { f, value } = object.invoke(random, quiet);
      running[client] = { f, value, call: at++, crashes, effect: undefined };
      object.called?.(running[client]);
      yield { type: "invoke", process: id, f, value };
      invoked++;
      open++;
      continue;
    }
    const { f, value, crashes } = operation;
    if (operation.effect === undefined && !(crashes && random.chance(0.5))) {
      operation.effect = { answer: object.apply(f, value) };
      if (random.chance(0.5)) continue;
    }
    running[client] = undefined;
    open--;
    if (crashes) {
      ids[client] = nextId++;
      at++;
      yield { type: "info", process: id, f, value };
      continue;
    }
    let answer = operation.effect?.answer;
    const bad = !wrong && invoked >= wrongFrom ? object.wrongAnswer?.(operation) : undefined;
    if (bad !== undefined) {
      answer = bad;
      wrong = true;
    }
    object.returned?.(operation, at++, answer);
    yield answer === undefined
      ? { type: "fail", process: id, f, value }
      : { type: "ok", process: id, f, value: answer };
  }
  if (!wrong) throw new Error("no operation could be given an answer that is certainly wrong");
}

function placeOf(violation: "middle" | "end", operations: number, clients: number): number {
  return violation === "middle"
    ? Math.floor(operations / 2)
    : Math.max(0, operations - Math.min(2 * clients, Math.ceil(operations / 5)));
}

/** Every `operations / crashed`-th operation. */
function crashesAt(ordinal: number, crashed: number, operations: number): boolean {
  return Math.floor(((ordinal + 1) * crashed) / operations) > Math.floor((ordinal * crashed) / operations);
}
