import type { History } from "../../harness/history/index.ts";
import type { Anomaly } from "../../harness/ports/verdict.ts";
import { teller } from "../linearizable/explanation/story.ts";
import { type Meter, stepMeter } from "../linearizable/meter.ts";
import type { Model } from "../models/index.ts";
import { isCrashed } from "./read-registers.ts";
import { NONE, type RegisterHistory, restrict } from "./register-history.ts";

/** A violation, on the nodes of one register history. */
export interface Finding {
  /** As {@link Anomaly.type}. */
  readonly type: string;
  /** Where smaller histories may show it as a violation of another type: what all of these have in common. */
  readonly group?: string;
  /** Nodes that show it by themselves. */
  readonly nodes: readonly number[];
  /** In words, with operations put into words by `did`. Called once, on the smallest history. */
  tell(words: Words): { readonly what: string; readonly because: readonly string[] };
}

/** Operations in words, by node. */
export interface Words {
  /** `process 3 read 4 from x`. */
  who(node: number): string;
}

/** Looks for violations: at most one of each type. Whatever it finds in some of the nodes must be a violation of all. */
export type Find = (registers: RegisterHistory, meter: Meter) => Finding[];

/** What shrinking may cost: nodes looked at. */
const STEPS = 1 << 20;
const MEMORY_BYTES = 2 ** 28;

/**
 * The violation as an anomaly, with as few operations as suffice to show one of its type: none of them can be left out.
 *
 * Sound, as leaving out an operation takes constraints away and adds none (where a write goes, its reads observe nothing
 * any more). Cost: a search of the few nodes that show it, for each of them that may go; bounded by steps.
 */
export function anomalyOf(registers: RegisterHistory, model: Model, finding: Finding, find: Find): Anomaly {
  const smallest = shrink(registers, finding, find);
  const { history, rows } = smallest.registers;
  const { what, because } = smallest.finding.tell(wordsOf(smallest.registers, model));
  const keys = new Set(smallest.registers.key);
  const key = history.names.keys[([...keys][0] as number) - 1];
  const lines = [
    what,
    ...because.map((line) => `  ${line}`),
    ...sessionLines(history, model, rows).map((line) => `  ${line}`),
  ];
  return {
    type: smallest.finding.type,
    ...(keys.size === 1 && key !== undefined ? { key } : {}),
    message: lines.join("\n"),
    operations: [...rows].map((row) => history.columns.invokeIndex[row] as number),
  };
}

interface Shrunk {
  readonly registers: RegisterHistory;
  readonly finding: Finding;
}

function shrink(registers: RegisterHistory, finding: Finding, find: Find): Shrunk {
  let smallest: Shrunk = { registers, finding };
  const isSame = ({ type, group }: Finding) =>
    finding.group === undefined ? type === finding.type : group === finding.group;
  let steps = STEPS;
  const narrow = (some: Set<number>): boolean => {
    const nodes = withoutUnobserved(smallest.registers, some);
    steps -= nodes.size;
    if (steps < 0) return false;
    const every = () => true;
    const part = restrict(smallest.registers, (node) => nodes.has(node), every);
    const found = find(part, stepMeter(STEPS, MEMORY_BYTES)).find(isSame);
    if (found !== undefined) smallest = { registers: part, finding: found };
    return found !== undefined;
  };
  narrow(withObservers(registers, finding.nodes));
  for (let piece = smallest.registers.size >> 1; piece >= 1; piece = piece === 1 ? 0 : (piece + 1) >> 1) {
    for (let end = smallest.registers.size; end > 0 && steps > 0; end -= piece) {
      const nodes = new Set(smallest.registers.rows.keys());
      for (let node = Math.max(0, end - piece); node < end; node++) nodes.delete(node);
      // What could not go before may go now.
      if (nodes.size > 0 && narrow(nodes)) end = smallest.registers.size + piece;
    }
  }
  return smallest;
}

/** The nodes, and for each crashed one of them who shows that it took effect. Cost: O(n). */
function withObservers(registers: RegisterHistory, nodes: readonly number[]): Set<number> {
  const { size, source } = registers;
  const observer = new Int32Array(size).fill(NONE);
  for (let node = 0; node < size; node++) {
    const from = source[node] as number;
    // Of several, one that completed: it needs nobody itself.
    if (from >= 0 && (observer[from] === NONE || !hasCrashed(registers, node))) observer[from] = node;
  }
  const all = new Set(nodes);
  for (const node of all) {
    if (hasCrashed(registers, node) && (observer[node] as number) >= 0) all.add(observer[node] as number);
  }
  return all;
}

/** Without crashed nodes that none of the others read from: by themselves, nothing shows that they took effect. */
function withoutUnobserved(registers: RegisterHistory, nodes: Set<number>): Set<number> {
  const kept = new Set([...nodes].filter((node) => !hasCrashed(registers, node)));
  for (const node of kept) {
    const from = registers.source[node] as number;
    if (nodes.has(from)) kept.add(from);
  }
  return kept;
}

function hasCrashed({ history, rows }: RegisterHistory, node: number): boolean {
  return isCrashed(history.columns.completion[rows[node] as number] as number);
}

function wordsOf({ history, rows, key }: RegisterHistory, model: Model): Words {
  return {
    who(node) {
      const name = history.names.keys[(key[node] as number) - 1];
      return teller(history, model, name).who(rows[node] as number);
    },
  };
}

/** What each process did, of these rows: `process 1: wrote 1 to x, read 2 from y`. */
export function sessionLines(history: History, model: Model, rows: Iterable<number>): string[] {
  const { columns, names } = history;
  const byProcess = new Map<number, string[]>();
  for (const row of rows) {
    const process = columns.process[row] as number;
    const name = names.keys[columns.key[row] as number];
    const told = teller(history, model, name).who(row).slice(`process ${process} `.length);
    const at = `${told} (event ${columns.invokeIndex[row]})`;
    byProcess.set(process, [...(byProcess.get(process) ?? []), at]);
  }
  return [...byProcess]
    .sort(([a], [b]) => a - b)
    .map(([process, told]) => `process ${process} ${told.join(", then ")}`);
}
