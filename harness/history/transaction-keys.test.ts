import { expect, test } from "vitest";
import { MemoryRecorder } from "./recorder.ts";
import { transactionKeys, transactionParts } from "./transaction-keys.ts";

const value = [
  ["append", "x", 1],
  ["r", 2, null],
  ["r", "x", null],
];

test("the keys of a transaction are those of its parts", () => {
  expect(transactionKeys({ f: "txn", value })).toEqual(["x", 2, "x"]);
  expect(transactionParts({ f: "txn", value })[0]).toEqual(["append", "x"]);
});

test("other operations, and values that are no transaction, have none", () => {
  expect(transactionKeys({ f: "write", value })).toEqual([]);
  for (const other of [null, 3, "r", { r: "x" }, ["r", "x"], [["r"], [1, "x"], ["r", null]]]) {
    expect(transactionKeys({ f: "txn", value: other })).toEqual([]);
  }
});

test("a recorder knows the keys of operations and of transactions, each once", () => {
  const recorder = new MemoryRecorder();
  const event = { time: 0, type: "invoke" } as const;
  recorder.append({ ...event, process: 0, f: "txn", value });
  recorder.append({ ...event, process: 1, f: "write", key: "y", value: 1 });
  recorder.append({ ...event, process: 2, f: "txn", value: [["r", "y", null]] });
  expect(recorder.keys).toEqual(["x", 2, "y"]);
});
