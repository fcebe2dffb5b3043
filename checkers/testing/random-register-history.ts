import type { Random } from "../../harness/clock/random.ts";
import type { Json } from "../../harness/history/index.ts";
import type { BareEvent } from "./history-of.ts";

/** How a small history of one register looks; no model has a part in it. The chances are of each operation. */
export interface RandomShape {
  readonly operations: number;
  readonly processes: number;
  /** Values are 0 … values - 1. */
  readonly values: number;
  readonly withCas: boolean;
  /** Operations that end with `info` or never. */
  readonly crashed: number;
  /** Writes that fail; a cas fails by chance, or where its comparison is false. */
  readonly failed: number;
}

/** Any answers at all, of a register: most of these histories are invalid, and many only just. */
export function arbitraryHistory(random: Random, shape: RandomShape): BareEvent[] {
  return interleave(
    random,
    shape,
    () => undefined,
    (f, input) => {
      if (f === "read") return random.chance(0.1) ? null : random.int(shape.values);
      return f === "cas" && random.chance(0.4) ? undefined : input;
    },
  );
}

/**
 * What clients of one atomic register see: each operation takes effect at one instant between invocation and
 * completion, a crashed one perhaps. Always valid.
 */
export function atomicHistory(random: Random, shape: RandomShape, init: Json): BareEvent[] {
  let state = init;
  return interleave(
    random,
    shape,
    (f, input) => {
      if (f === "read") return { answer: state };
      if (f === "write") state = input;
      else {
        const [from, to] = input as [Json, Json];
        if (state !== from) return { answer: undefined };
        state = to;
      }
      return { answer: input };
    },
    () => undefined,
  );
}

interface Open {
  readonly f: string;
  readonly input: Json;
  readonly crashes: boolean;
  /** `answer` undefined: it fails. */
  effect: { answer: Json | undefined } | undefined;
}

function interleave(
  random: Random,
  shape: RandomShape,
  takeEffect: (f: string, input: Json) => { answer: Json | undefined } | undefined,
  invent: (f: string, input: Json) => Json | undefined,
): BareEvent[] {
  const events: BareEvent[] = [];
  const open = new Map<number, Open>();
  const ids = Array.from({ length: shape.processes }, (_, process) => process);
  let invoked = 0;
  while (invoked < shape.operations || open.size > 0) {
    const process = random.int(shape.processes);
    const id = ids[process] as number;
    const running = open.get(process);
    if (running === undefined) {
      if (invoked === shape.operations) continue;
      invoked++;
      const f = random.pick(shape.withCas ? ["read", "write", "cas"] : ["read", "write"]);
      const input =
        f === "read"
          ? null
          : f === "write"
            ? random.int(shape.values)
            : [random.int(shape.values), random.int(shape.values)];
      open.set(process, { f, input, crashes: random.chance(shape.crashed), effect: undefined });
      events.push({ type: "invoke", process: id, f, value: input });
      continue;
    }
    if (running.effect === undefined && !(running.crashes && random.chance(0.5))) {
      const fails = running.f === "write" && !running.crashes && random.chance(shape.failed);
      running.effect = fails ? { answer: undefined } : takeEffect(running.f, running.input);
      if (running.effect !== undefined && random.chance(0.5)) continue;
    }
    open.delete(process);
    const { f, input } = running;
    if (running.crashes) {
      ids[process] = id + shape.processes;
      if (random.chance(0.5)) events.push({ type: "info", process: id, f, value: input });
      continue;
    }
    const answer = running.effect === undefined ? invent(f, input) : running.effect.answer;
    events.push(
      answer === undefined
        ? { type: "fail", process: id, f, value: input }
        : { type: "ok", process: id, f, value: answer },
    );
  }
  return events;
}
