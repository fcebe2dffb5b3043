import type { Random } from "../../harness/clock/random.ts";
import type { Json } from "../../harness/history/index.ts";
import type { BareEvent } from "./history-of.ts";

/** How the histories of {@link rarelyRewritten} look. The chances are of each operation. */
export interface RarelyRewritten {
  readonly operations: number;
  readonly processes: number;
  readonly init: Json;
  /** Of what changes the register, how much is compare-and-set. */
  readonly cas: number;
  /** A value that was written before, or the initial one, is written again. */
  readonly again: number;
  readonly crashed: number;
  /** An answer that another value would have given: most of these histories are invalid, and many only just. */
  readonly wrong: number;
}

interface Open {
  readonly f: "read" | "write" | "cas";
  readonly input: Json;
  readonly crashes: boolean;
  answer: { readonly type: "ok" | "fail"; readonly value: Json } | undefined;
}

/**
 * What clients of one register see whose values are written once each, but for a few: each operation takes effect at
 * one instant, and some answers are wrong.
 */
export function rarelyRewritten(random: Random, shape: RarelyRewritten): BareEvent[] {
  const events: BareEvent[] = [];
  const ids = Array.from({ length: shape.processes }, (_, process) => process);
  const open = new Map<number, Open>();
  const used: Json[] = [shape.init];
  let state = shape.init;
  let invoked = 0;
  // One of the latest, or the one that comes next.
  const someValue = () => random.pick([...used.slice(-4), used.length * 10]);
  const newValue = () => {
    const value = random.chance(shape.again) ? random.pick(used) : used.length * 10;
    if (!used.includes(value)) used.push(value);
    return value;
  };
  const invoke = (): Open => {
    const rest = { crashes: random.chance(shape.crashed), answer: undefined };
    if (random.chance(0.5)) return { f: "read", input: null, ...rest };
    if (!random.chance(shape.cas)) return { f: "write", input: newValue(), ...rest };
    return { f: "cas", input: [random.chance(0.7) ? state : someValue(), newValue()], ...rest };
  };
  const takeEffect = ({ f, input }: Open): Open["answer"] => {
    const lies = random.chance(shape.wrong);
    if (f === "read") return { type: "ok", value: lies ? someValue() : state };
    if (f === "write") {
      if (!lies) state = input;
      return { type: "ok", value: input };
    }
    const [from, to] = input as readonly [Json, Json];
    const fits = from === state;
    if (fits && !lies) state = to;
    return { type: fits !== lies ? "ok" : "fail", value: input };
  };
  while (invoked < shape.operations || open.size > 0) {
    const process = random.int(shape.processes);
    const id = ids[process] as number;
    const running = open.get(process);
    if (running === undefined) {
      if (invoked === shape.operations) continue;
      invoked++;
      const operation = invoke();
      open.set(process, operation);
      events.push({ type: "invoke", process: id, f: operation.f, value: operation.input });
      continue;
    }
    if (running.answer === undefined && !(running.crashes && random.chance(0.5))) {
      running.answer = takeEffect(running);
      if (random.chance(0.5)) continue;
    }
    open.delete(process);
    if (running.crashes) {
      ids[process] = id + shape.processes;
      if (random.chance(0.5)) events.push({ type: "info", process: id, f: running.f, value: running.input });
    } else if (running.answer !== undefined) {
      events.push({ ...running.answer, process: id, f: running.f });
    }
  }
  return events;
}
