import type { Json } from "../../harness/history/index.ts";
import { builtIn } from "./built-in.ts";
import { initialInteger } from "./initial-integer.ts";
import type { Model, ModelOperation, Step } from "./model.ts";
import { integer, nothing, pairOf, sameAgain, shape } from "./schema.ts";

export interface CounterOptions {
  /** What the counter stands at before the first operation, an integer. Default 0. */
  readonly init?: Json;
}

/**
 * A counter: `add` n, negative too; `read` null → n; `add-and-get` n → [n, sum]. One instance per key. Failed
 * operations are dropped. Integers only, as sums of fractions depend on the order in which they are added.
 *
 * Errors: UsageError `bad-init`.
 */
export function counter(options: CounterOptions = {}): Model {
  const added = pairOf(integer("n"), integer("sum"));
  return builtIn("counter", options, {
    name: "counter",
    object: "counter",
    operations: {
      add: { input: integer("n"), output: sameAgain },
      read: { input: nothing, output: integer("n") },
      "add-and-get": {
        input: integer("n"),
        output: shape(
          added.text,
          "the pair of the number that was added and the sum, [n, sum],",
          (value, asked) => added.fits(value, asked) && (value as readonly Json[])[0] === asked,
        ),
      },
    },
    partition: "by-key",
    init: initialInteger("counter", options.init, 0, Number.MIN_SAFE_INTEGER),
    step(state: Json, operation: ModelOperation): Step<Json> {
      const after = sumOf(state as Sum, operation.f === "read" ? 0 : (operation.input as number));
      const expected = seen(operation);
      if (expected === undefined || expected === after) return { state: after };
      return {
        rejected: `the counter ${operation.f === "read" ? "stands at" : "comes to"} ${after}, not ${expected}`,
      };
    },
    isPure: ({ f, input }) => f === "read" || input === 0,
    transition(operation) {
      const expected = seen(operation);
      const n = operation.f === "read" ? 0 : operation.input;
      return expected === undefined ? ["add", n] : ["add", n, expected];
    },
    describeState: (state) => `stood at ${state}`,
    describe(operation, key) {
      const expected = seen(operation);
      const at = (word: string) => (key === undefined ? "" : ` ${word} ${key}`);
      if (operation.f === "read") return `read ${expected ?? "the counter"}${at("from")}`;
      return `added ${operation.input}${at("to")}${expected === undefined ? "" : ` and got ${expected}`}`;
    },
  });
}

/** What the counter stood at afterwards, where the answer tells. */
function seen({ f, type, output = null }: ModelOperation): number | undefined {
  if (type !== "ok" || f === "add") return undefined;
  return (f === "read" ? output : (output as readonly Json[])[1]) as number;
}

/**
 * What the counter stands at: a number, or beyond ±(2^53 - 1) the digits, as text. Nobody was answered such a sum, but an order of
 * unanswered operations may pass through it.
 */
type Sum = number | string;

function sumOf(a: Sum, n: number): Sum {
  const sum = typeof a === "number" ? a + n : Number.NaN;
  if (Number.isSafeInteger(sum)) return sum;
  const exact = BigInt(a) + BigInt(n);
  return Number.isSafeInteger(Number(exact)) ? Number(exact) : String(exact);
}
