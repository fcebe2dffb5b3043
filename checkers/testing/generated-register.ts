import type { Random } from "../../harness/clock/random.ts";
import type { Json } from "../../harness/history/index.ts";
import type { GeneratedObject, GeneratedOperation } from "./generated-history.ts";

/** What is written to a register, and how. */
export interface GeneratedRegisterOptions {
  /** Written are 0 … values - 1 by chance, or each value once. */
  readonly values: number | "distinct";
  /** Whether a third of the operations are compare-and-sets, of two values by chance; most of them fail. */
  readonly withCas: boolean;
}

/** Overwritten values that are remembered for a wrong answer, where all values differ. */
const REMEMBERED = 4096;

/** When operations that leave one value ran. */
interface Leaving {
  /** Those that have not returned, and may take effect yet. */
  open: number;
  /** Events before the last completion of one. */
  lastReturn: number;
}

/**
 * A register, initially null, with reads, writes and perhaps compare-and-sets. A wrong answer is a read of a value that
 * was certainly overwritten: all that left it had returned before another one that took effect was invoked, which had
 * returned before the read was.
 */
export function generatedRegister({ values, withCas }: GeneratedRegisterOptions): GeneratedObject {
  let state: Json = null;
  let written = 0;
  const leaving = new Map<Json, Leaving>();
  /** Latest invocation among operations that took effect and have returned. */
  let overwrittenBefore = -1;
  const before = new Map<GeneratedOperation, number>();

  const anyValue = (random: Random, quiet: boolean): Json => {
    if (values === "distinct") return written++;
    // Nobody leaves the last value then, so that it is sure to get stale.
    return random.int(quiet ? Math.max(1, values - 1) : values);
  };
  const entryOf = (value: Json): Leaving => {
    let entry = leaving.get(value);
    if (entry === undefined) {
      entry = { open: 0, lastReturn: -1 };
      leaving.set(value, entry);
      const oldest = leaving.keys().next().value as Json;
      if (leaving.size > REMEMBERED && leaving.get(oldest)?.open === 0) leaving.delete(oldest);
    }
    return entry;
  };

  return {
    invoke(random, quiet) {
      const f = random.pick(withCas ? ["read", "write", "cas"] : ["read", "write"]);
      if (f === "read") return { f, value: null };
      if (f === "write") return { f, value: anyValue(random, quiet) };
      const from = values === "distinct" ? (state ?? 0) : random.int(values);
      return { f, value: [from, anyValue(random, quiet)] };
    },
    apply(f, value) {
      if (f === "read") return state;
      if (f === "write") {
        state = value;
        return value;
      }
      const [from, to] = value as [Json, Json];
      if (state !== from) return undefined;
      state = to;
      return value;
    },
    called(operation) {
      if (operation.f === "read") before.set(operation, overwrittenBefore);
      else entryOf(leftBy(operation)).open++;
    },
    returned(operation, at, answer) {
      if (operation.f === "read") {
        before.delete(operation);
        return;
      }
      const entry = entryOf(leftBy(operation));
      entry.open--;
      if (answer === undefined) return;
      entry.lastReturn = at;
      overwrittenBefore = Math.max(overwrittenBefore, operation.call);
    },
    wrongAnswer(operation) {
      if (operation.f !== "read") return undefined;
      const since = before.get(operation) as number;
      for (const [value, { open, lastReturn }] of leaving) {
        if (open === 0 && lastReturn >= 0 && lastReturn < since) return value;
      }
      return undefined;
    },
  };
}

function leftBy({ f, value }: GeneratedOperation): Json {
  return f === "write" ? value : (value as [Json, Json])[1];
}
