import { canonicalJson, type Json } from "../../harness/history/index.ts";
import { builtIn } from "./built-in.ts";
import type { Model, ModelOperation, Step } from "./model.ts";
import type { NilReads } from "./options.ts";
import { sameJson } from "./same-json.ts";
import { type Operations, shape } from "./schema.ts";

export interface MultiRegisterOptions {
  /** What each register holds before the first write. Default null. */
  readonly init?: Json;
  /** Default `value`. With `unknown` each read of null by itself says nothing. */
  readonly nilReads?: NilReads;
}

/** `["r", key, value]` or `["w", key, value]`. */
type Part = readonly [string, Json, Json];

const READS = ["r", "read"];
const WRITES = ["w", "write"];
const isRead = ([f]: Part) => READS.includes(f);

const operations: Operations = {
  txn: {
    input: shape(
      '[["r", k, null], ["w", k, v], …]',
      'a list of reads ["r", k, null] and writes ["w", k, v]',
      isTransaction,
    ),
    output: shape(
      "reads filled in",
      "the same reads and writes, with every read filled in,",
      (value, asked) => isTransaction(value) && isTransaction(asked) && answers(value, asked),
    ),
  },
};

/**
 * Several registers that are read and written together: `txn` is a list of reads `["r", k, null]` and writes
 * `["w", k, v]` that take effect at one instant, one after the other; a read sees the writes before it in the same transaction. The
 * answer has the reads filled in. A failed transaction is dropped.
 */
export function multiRegister(options: MultiRegisterOptions = {}): Model {
  const { init = null, nilReads = "value" } = options;
  const saysNothing = (part: Part) => isRead(part) && nilReads === "unknown" && part[2] === null;
  return builtIn("multi-register", options, {
    name: "multi-register",
    object: "store",
    operations,
    partition: "whole",
    split(operation) {
      const keys = new Set(partsOf(operation).map(([, key]) => canonicalJson(key)));
      const [only] = keys;
      return keys.size === 1 ? only : undefined;
    },
    init: [],
    step(state: Json, operation: ModelOperation): Step<Json> {
      const answered = operation.type === "ok";
      let held = state as Registers;
      for (const part of partsOf(operation)) {
        const [, key, value] = part;
        if (!isRead(part)) held = written(held, key, value, init);
        else if (answered && !saysNothing(part)) {
          const found = lookUp(held, key, init);
          if (sameJson(found, value)) continue;
          return {
            rejected: `register ${JSON.stringify(key)} holds ${JSON.stringify(found)}, not ${JSON.stringify(value)}`,
          };
        }
      }
      return { state: held };
    },
    isPure: (operation) => partsOf(operation).every(isRead),
    isVoid: (operation) => operation.type === "ok" && partsOf(operation).every(saysNothing),
    transition: (operation) =>
      partsOf(operation)
        .filter((part) => !isRead(part) || (operation.type === "ok" && !saysNothing(part)))
        .map((part) => [isRead(part) ? "r" : "w", part[1], part[2]]),
    about: (operation) => partsOf(operation).map(([, key]) => key),
    describe(operation) {
      const told = partsOf(operation).map((part) => {
        const [, key, value] = part;
        if (!isRead(part)) return `wrote ${JSON.stringify(value)} to ${JSON.stringify(key)}`;
        if (operation.type !== "ok") return `asked for ${JSON.stringify(key)}`;
        return `read ${JSON.stringify(value)} from ${JSON.stringify(key)}`;
      });
      return told.length === 0 ? "did nothing" : told.join(", ");
    },
  });
}

function isTransaction(value: Json): value is readonly Part[] {
  return Array.isArray(value) && value.every(isPart);
}

function isPart(value: Json): value is Part {
  if (!Array.isArray(value) || value.length !== 3) return false;
  return READS.includes(value[0] as string) || WRITES.includes(value[0] as string);
}

function answers(given: readonly Part[], asked: readonly Part[]): boolean {
  return (
    given.length === asked.length &&
    given.every((part, at) => {
      const question = asked[at] as Part;
      if (part[0] !== question[0] || !sameJson(part[1], question[1])) return false;
      return isRead(part) || sameJson(part[2], question[2]);
    })
  );
}

function partsOf({ type, input, output }: ModelOperation): readonly Part[] {
  return (type === "ok" && output !== undefined ? output : input) as readonly Part[];
}

/** The registers that hold something else than at the start, in order of their keys' texts. */
type Registers = readonly (readonly [key: Json, value: Json])[];

function lookUp(registers: Registers, key: Json, init: Json): Json {
  const found = registers.find(([name]) => sameJson(name, key));
  return found === undefined ? init : found[1];
}

function written(registers: Registers, key: Json, value: Json, init: Json): Registers {
  const others = registers.filter(([name]) => !sameJson(name, key));
  if (sameJson(value, init)) return others;
  const text = canonicalJson(key);
  const at = others.findIndex(([name]) => canonicalJson(name) > text);
  return others.toSpliced(at === -1 ? others.length : at, 0, [key, value]);
}
