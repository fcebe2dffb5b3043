import { describe, expect, it } from "vitest";
import type { CompletionType, Json } from "../../../harness/history/operation.ts";
import type { ObservedOperation } from "./chaos-run.ts";
import { linearizable } from "./linearizable.ts";

type Interval = readonly [invoked: number, completed: number];

function op(
  f: string,
  [invoked, completed]: Interval,
  input: Json,
  output: Json,
  type: CompletionType = "ok",
) {
  const errorCode = type === "fail" ? "precondition-failed" : undefined;
  const who = { process: 0, node: "n1", client: "c1", sequence: 1, key: "x" };
  const operation: ObservedOperation = { ...who, f, input, output, type, errorCode, invoked, completed };
  return operation;
}

const write = (value: Json, at: Interval, type: CompletionType = "ok") => op("write", at, value, value, type);
const read = (value: Json, at: Interval) => op("read", at, null, value);
const cas = (from: Json, to: Json, at: Interval, type: CompletionType = "ok") =>
  op("cas", at, [from, to], [from, to], type);

const NEVER = Number.POSITIVE_INFINITY;

describe("the brute-force oracle", () => {
  it.each<[string, boolean, ObservedOperation[]]>([
    ["nothing", true, []],
    ["a read of the initial null", true, [read(null, [0, 1])]],
    ["a read of a completed write", true, [write(1, [0, 1]), read(1, [2, 3])]],
    ["a stale read", false, [write(1, [0, 1]), read(null, [2, 3])]],
    ["a concurrent read of either value", true, [write(1, [0, 5]), read(null, [1, 2]), read(1, [3, 4])]],
    ["a value that goes away again", false, [write(1, [0, 5]), read(1, [1, 2]), read(null, [3, 4])]],
    ["an info write seen late", true, [write(1, [0, NEVER], "info"), read(null, [1, 2]), read(1, [3, 4])]],
    ["an info write never seen", true, [write(1, [0, NEVER], "info"), read(null, [1, 2])]],
    ["a value nobody wrote", false, [read(7, [0, 1])]],
    ["a compare-and-set that matched", true, [write(1, [0, 1]), cas(1, 2, [2, 3]), read(2, [4, 5])]],
    ["two compare-and-sets of one value", false, [cas(null, 1, [0, 5]), cas(null, 2, [1, 6])]],
    ["a refusal that should have matched", false, [write(1, [0, 1]), cas(1, 2, [2, 3], "fail")]],
  ])("%s: %s", (_, expected, history) => {
    expect(linearizable(history)).toBe(expected);
  });
});
