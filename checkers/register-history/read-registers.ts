import { Completed, type History } from "../../harness/history/index.ts";
import {
  type Functions,
  Kind,
  type RegisterOperations,
  registerOperations,
} from "../linearizable/special/registers/register-operations.ts";
import { builtInOf, type Model } from "../models/index.ts";
import { INITIAL, inChains, NONE, type RegisterHistory } from "./register-history.ts";

/** The models whose operations read and write registers. `append` of a kv does more, and is refused. */
export const REGISTER_MODELS: readonly string[] = ["register", "cas-register", "kv"];

const FUNCTIONS: Functions = {
  read: "read",
  get: "read",
  write: "write",
  put: "write",
  delete: "clear",
  cas: "cas",
};

/** What rows of a history come to as operations on registers. */
export interface RegistersRead {
  readonly registers: RegisterHistory;
  /** Rows of operations that observed a value which nothing that may have taken effect has written. */
  readonly thinAir: readonly number[];
  /** Rows of operations that observed a value which several wrote; as readers they are left out. */
  readonly ambiguous: readonly number[];
  /** Rows of refused compare-and-set; they are left out. */
  readonly refusals: readonly number[];
}

/**
 * Finds out who read from whom, and who is there at all: the completed operations, and the crashed ones that somebody read from.
 *
 * Crashed operations that nobody read from are left out. An order of the operations, or a set of visible ones, explains
 * the answers as well without them: no answer is theirs.
 *
 * Without a read that is left out a history obeys whatever it obeyed with it. So a violation found here is one of the
 * whole history, while the absence of violations says nothing where `ambiguous` or `refusals` has any.
 *
 * `rows`: those that say something (siftRows), in order of invocation. Cost: O(n).
 * The name of an operation instead, where one does something else than registers do.
 */
export function readRegisters(history: History, model: Model, rows: Int32Array): RegistersRead | string {
  const init = builtInOf(model)?.options.init ?? null;
  const meaning = { functions: FUNCTIONS, init, cleared: init === "" ? "" : null };
  const operations = registerOperations({ history, key: undefined, rows }, meaning);
  if (typeof operations === "string") return operations;
  const { size, kind, written } = operations;
  const { happened, source, thinAir, ambiguous } = findSources(history, rows, operations);

  const nodes: number[] = [];
  const nodeOf = new Int32Array(size).fill(NONE);
  for (let i = 0; i < size; i++) {
    const says = written[i] !== NOTHING || source[i] !== NONE;
    if (happened[i] === 1 && says && kind[i] !== Kind.refusal) nodeOf[i] = nodes.push(i) - 1;
  }
  const nodeRows = Int32Array.from(nodes, (i) => rows[i] as number);
  const registers: RegisterHistory = {
    history,
    size: nodes.length,
    rows: nodeRows,
    key: nodeRows.map((row) => (history.columns.key[row] as number) + 1),
    writes: Uint8Array.from(nodes, (i) => (written[i] === NOTHING ? 0 : 1)),
    source: Int32Array.from(nodes, (i) => {
      const from = source[i] as number;
      return from < 0 ? from : (nodeOf[from] as number);
    }),
    ...sessionsOf(history, nodeRows),
  };
  const refusals = [...rows].filter((_, i) => kind[i] === Kind.refusal);
  return { registers, thinAir, ambiguous, refusals };
}

/** In the columns of operations on registers: no value. */
const NOTHING = -1;

function findSources(
  { columns }: History,
  rows: Int32Array,
  { size, kind, observed, written, values: numbers }: RegisterOperations,
) {
  const values = numbers.size;
  const keyOf = (i: number) => (columns.key[rows[i] as number] as number) + 1;
  const cell = (key: number, value: number) => key * values + value;
  const writers = new Map<number, { first: number; several: boolean }>();
  for (let i = 0; i < size; i++) {
    if (written[i] === NOTHING) continue;
    const at = cell(keyOf(i), written[i] as number);
    const known = writers.get(at);
    if (known === undefined) writers.set(at, { first: i, several: false });
    else known.several = true;
  }
  const init = written[size];
  const source = new Int32Array(size).fill(NONE);
  const happened = new Uint8Array(size);
  const thinAir: number[] = [];
  const ambiguous: number[] = [];
  const unseen: number[] = [];
  for (let i = 0; i < size; i++) {
    if (isCrashed(columns.completion[rows[i] as number] as number)) continue;
    happened[i] = 1;
    // A crashed operation that was read from took effect, and so read something itself.
    for (let reader: number | undefined = i; reader !== undefined; reader = unseen.pop()) {
      const value = observed[reader] as number;
      if (value === NOTHING || kind[reader] === Kind.refusal) continue;
      const found = writers.get(cell(keyOf(reader), value));
      const isInitial = value === init;
      if (found?.several || (found !== undefined && isInitial)) ambiguous.push(rows[reader] as number);
      else if (found === undefined && !isInitial) thinAir.push(rows[reader] as number);
      else if (found === undefined) source[reader] = INITIAL;
      else {
        source[reader] = found.first;
        if (
          happened[found.first] === 0 &&
          isCrashed(columns.completion[rows[found.first] as number] as number)
        ) {
          happened[found.first] = 1;
          unseen.push(found.first);
        }
      }
    }
  }
  return { source, happened, thinAir, ambiguous };
}

/** Chains of sessions, of rows in order of invocation. Cost: O(n). */
export function sessionsOf(
  { columns }: History,
  rows: Int32Array,
): Pick<RegisterHistory, "before" | "chain" | "place" | "chains"> {
  const lastOf = new Map<number, number>();
  for (const [node, row] of rows.entries()) lastOf.set(columns.process[row] as number, node);
  const chainOf = new Map<number, number>();
  const latest = new Map<number, number>();
  const before = new Int32Array(rows.length);
  const chain = new Int32Array(rows.length);
  let chains = 0;
  for (const [node, row] of rows.entries()) {
    const process = columns.process[row] as number;
    before[node] = latest.get(process) ?? NONE;
    const crashed = isCrashed(columns.completion[row] as number);
    if (crashed && lastOf.get(process) !== node) chain[node] = chains++;
    else {
      const number = chainOf.get(process) ?? chains++;
      chainOf.set(process, number);
      chain[node] = number;
    }
    if (!crashed) latest.set(process, node);
  }
  return { before, ...inChains(chain, chains) };
}

export function isCrashed(completion: number): boolean {
  return completion === Completed.open || completion === Completed.info;
}
