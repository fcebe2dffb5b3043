import { isDeepStrictEqual } from "node:util";
import type { Json } from "../../../harness/history/operation.ts";
import type { ObservedOperation } from "./chaos-run.ts";

/**
 * Whether some order of the operations of one register explains what was seen and keeps real time, by trying them all
 * (Wing and Gong 1993), with a memory of what was tried. A refused compare-and-set counts as an observation; an
 * operation nobody knows of took effect once, some time, or never.
 */
export function linearizable(operations: readonly ObservedOperation[]): boolean {
  const relevant = operations.filter(
    ({ f, type, errorCode }) =>
      type === "ok" || (type === "info" && f !== "read") || errorCode === "precondition-failed",
  );
  const tried = new Set<string>();

  function search(done: bigint, value: Json): boolean {
    const state = `${done} ${JSON.stringify(value)}`;
    if (tried.has(state)) return false;
    tried.add(state);
    const left = relevant.map((_, i) => i).filter((i) => !has(done, i));
    if (left.every((i) => relevant[i]?.type === "info")) return true;
    const deadline = Math.min(...left.map((i) => (relevant[i] as ObservedOperation).completed));
    return left.some((i) => {
      const operation = relevant[i] as ObservedOperation;
      if (operation.invoked > deadline) return false;
      const after = step(operation, value);
      return after !== undefined && search(done | (1n << BigInt(i)), after);
    });
  }
  return search(0n, null);
}

/** The keys whose registers are not linearizable. */
export function keysNotLinearizable(operations: readonly ObservedOperation[]): string[] {
  const keys = [...new Set(operations.map((operation) => operation.key))];
  return keys.filter((key) => !linearizable(operations.filter((operation) => operation.key === key)));
}

/** The value of the register after the operation; undefined where it cannot have been seen as it was. */
function step({ f, type, input, output }: ObservedOperation, value: Json): Json | undefined {
  if (f === "read") return isDeepStrictEqual(output, value) ? value : undefined;
  if (f === "write") return input;
  const [from, to] = input as [Json, Json];
  const matches = isDeepStrictEqual(from, value);
  if (type === "fail") return matches ? undefined : value;
  return matches ? to : undefined;
}

function has(set: bigint, i: number): boolean {
  return ((set >> BigInt(i)) & 1n) === 1n;
}
