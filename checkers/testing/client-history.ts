import type { Random } from "../../harness/clock/random.ts";
import { canonicalJson, type Json, type Key } from "../../harness/history/index.ts";
import type { Model, ModelOperation } from "../models/index.ts";
import type { BareEvent } from "./history-of.ts";

/** A question to the object. */
export interface Question {
  readonly f: string;
  readonly input: Json;
}

/** Where clients take their values from. */
export interface Values {
  readonly random: Random;
  /** A value to write. */
  fresh(): number;
  /** A value that somebody may have written. */
  some(): number;
}

/** What clients of a model ask, and what an object that obeys it answers. */
export interface Clients {
  /** What a client asks next; `state` is the one that the object is in, where there is an object. */
  ask(values: Values, state: Json): Question;
  /** The answer of an object in that state; undefined where it refuses. `process` asks. */
  answer(state: Json, question: Question & { readonly process: number }, values: Values): Json | undefined;
  /** Any answer of the right shape; undefined for a failure. */
  invent(question: Question, values: Values): Json | undefined;
  /** False for what fails only where the object refuses. Default: whatever is asked may fail. */
  mayFail?(f: string): boolean;
}

export interface HistoryShape {
  readonly operations: number;
  readonly processes: number;
  /** How many values there are; none is written twice where this is "distinct". */
  readonly values: number | "distinct";
  readonly keys: readonly (Key | undefined)[];
  /** Which part of the operations ends with `info` or never. */
  readonly crashed: number;
  readonly failed: number;
  /** Which part of the answers is invented. 0: the history of an atomic object, and always valid. */
  readonly invented: number;
}

/**
 * What clients of one object a key see. Each operation takes effect at one instant between its invocation and
 * completion, a crashed one perhaps, and is answered as the object answers, or with an invention.
 *
 * For tests of verdicts: of any size, with any number of values and keys, with failures, and surely valid where nothing
 * is invented. `menuHistory` is for tests of witnesses: it has answers that are wrong only just.
 */
export function clientHistory(
  random: Random,
  model: Model,
  clients: Clients,
  shape: HistoryShape,
): BareEvent[] {
  const events: BareEvent[] = [];
  const states = new Map<Key | undefined, Json>();
  const objectOf = (key: Key | undefined) => (model.partition === "whole" ? undefined : key);
  const stateOf = (key: Key | undefined) =>
    states.has(objectOf(key)) ? (states.get(objectOf(key)) as Json) : model.init;
  const values = valuesOf(random, shape.values);
  const open = new Map<number, Open>();
  const ids = Array.from({ length: shape.processes }, (_, thread) => thread);
  let invoked = 0;
  while (invoked < shape.operations || open.size > 0) {
    const thread = random.int(shape.processes);
    const process = ids[thread] as number;
    const running = open.get(thread);
    if (running === undefined) {
      if (invoked++ >= shape.operations) continue;
      const key = random.pick(shape.keys);
      const question = clients.ask(values, stateOf(key));
      const crashes = random.chance(shape.crashed);
      open.set(thread, { question, process, key, crashes, effect: undefined });
      events.push({ type: "invoke", process, f: question.f, value: question.input, ...keyed(key) });
      continue;
    }
    const { question, key, crashes } = running;
    if (running.effect === undefined && !(crashes && random.chance(0.5))) {
      running.effect = takeEffect(running);
      if (random.chance(0.5)) continue;
    }
    open.delete(thread);
    const end = { process, f: question.f, ...keyed(key) };
    if (crashes) {
      ids[thread] = process + shape.processes;
      if (random.chance(0.5)) events.push({ ...end, type: "info", value: question.input });
      continue;
    }
    const answer = random.chance(shape.invented) ? clients.invent(question, values) : running.effect?.answer;
    events.push(
      answer === undefined
        ? { ...end, type: "fail", value: question.input }
        : { ...end, type: "ok", value: answer },
    );
  }
  return events;

  function takeEffect({ question, process, key, crashes }: Open): { answer: Json | undefined } {
    const failing = !crashes && (clients.mayFail?.(question.f) ?? true) && random.chance(shape.failed);
    if (failing) return { answer: undefined };
    const state = stateOf(key);
    const output = crashes ? undefined : clients.answer(state, { ...question, process }, values);
    if (!crashes && output === undefined) return { answer: undefined };
    const operation: ModelOperation = crashes
      ? { ...question, process, type: "info" }
      : { ...question, process, type: "ok", output: output as Json };
    const step = model.step(state, operation);
    if ("state" in step) states.set(objectOf(key), step.state);
    else if (!crashes) {
      throw new Error(`${canonicalJson({ ...operation })} in ${canonicalJson(state)}: ${step.rejected}`);
    }
    return { answer: output };
  }
}

interface Open {
  readonly question: Question;
  readonly process: number;
  readonly key: Key | undefined;
  readonly crashes: boolean;
  effect: { answer: Json | undefined } | undefined;
}

const keyed = (key: Key | undefined) => (key === undefined ? {} : { key });

function valuesOf(random: Random, values: number | "distinct"): Values {
  let last = 0;
  return values === "distinct"
    ? { random, fresh: () => ++last, some: () => random.between(1, last + 1) }
    : { random, fresh: () => random.between(1, values), some: () => random.between(1, values) };
}
