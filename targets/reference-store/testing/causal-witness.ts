import type { Json, Key } from "../../../harness/history/operation.ts";
import type { CausalEntry } from "../causal-log.ts";
import type { StepObserver } from "../simulated-program.ts";
import { countOf, covers, joined, type VectorClock } from "../vector-clock.ts";
import type { ObservedOperation } from "./chaos-run.ts";

/** How to look inside a protocol that delivers writes in causal order. */
interface Inside<Body extends Json> {
  readonly write: (body: Body) => { readonly key: Key; readonly value: Json };
  /** Of two writes to one register: whether the first gives way to the second. */
  readonly givesWay: (write: CausalEntry<Body>, to: CausalEntry<Body>) => boolean;
}

/**
 * Looks inside a protocol for the causal past of every operation, and checks that clients saw it: no read returns a
 * write that another write in the client's past has taken the place of, and every write comes after its client's
 * past. Values must be distinct.
 */
export function causalWitness<State, Body extends Json>(inside: Inside<Body>) {
  /** By origin and number: one that a kill took back gives way to the next of its number. */
  const entries = new Map<string, CausalEntry<Body>>();

  const observe: StepObserver<State, Json> = ({ effects }) => {
    for (const effect of effects) {
      if (effect.type !== "append") continue;
      for (const entry of effect.entries as readonly CausalEntry<Body>[]) {
        entries.set(`${entry.origin} ${entry.number}`, entry);
      }
    }
  };

  /** Throws where a client did not see its causal past; returns how many operations were looked at. */
  function verify(operations: readonly ObservedOperation[]): number {
    const written = ({ body }: CausalEntry<Body>) => JSON.stringify(inside.write(body).value);
    const writes = new Map(Array.from(entries.values(), (entry) => [written(entry), entry]));
    const pasts = new Map<number, VectorClock>();
    const answered = operations.filter(({ type }) => type === "ok");
    for (const { process, f, key, input, output } of answered) {
      const past = pasts.get(process) ?? {};
      const value = f === "read" ? output : input;
      const write = value === null ? undefined : writes.get(JSON.stringify(value));
      if (f === "write") assert(write !== undefined && covers(write.after, past), `write of ${value}`);
      for (const other of writes.values()) {
        const inPast = countOf(past, other.origin) >= other.number;
        if (f !== "read" || !inPast || inside.write(other.body).key !== key) continue;
        const shown = write !== undefined && !inside.givesWay(write, other);
        assert(
          shown,
          `read of ${value} from ${key} by process ${process}, past ${other.origin} ${other.number}`,
        );
      }
      if (write === undefined) continue;
      pasts.set(process, joined(past, { ...write.after, [write.origin]: write.number }));
    }
    return answered.length;
  }

  return { observe, verify };
}

function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`not causal: ${message}`);
}
