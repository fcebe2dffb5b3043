import { expect, test } from "vitest";
import { HistoryBuilder, historyOf as historyOfEvents, type Json } from "../harness/history/index.ts";
import { FINAL_HEAL } from "../harness/ports/nemesis.ts";
import { finalReads } from "./final-reads.ts";

type Step = readonly [type: "ok" | "fail" | "info", f: string, key: string] | typeof FINAL_HEAL;

function historyOf(...steps: readonly Step[]) {
  const builder = new HistoryBuilder();
  let time = 0;
  for (const [process, step] of steps.entries()) {
    const nemesis = step === FINAL_HEAL;
    const [type, f, key] = nemesis ? (["ok", FINAL_HEAL, undefined] as const) : step;
    const event = {
      process: nemesis ? ("nemesis" as const) : process,
      f,
      value: null,
      ...(key ? { key } : {}),
    };
    builder.add({ ...event, type: "invoke", time: time++ });
    builder.add({ ...event, type, time: time++ });
  }
  return builder.finish();
}

test("every key of the load is to be read again after the final heal", () => {
  expect(
    finalReads(
      historyOf(
        ["ok", "write", "x"],
        ["ok", "write", "y"],
        FINAL_HEAL,
        ["ok", "read", "x"],
        ["ok", "read", "y"],
      ),
    ),
  ).toEqual({ keys: 2, unread: 0 });
});

test("a final read that failed read nothing", () => {
  expect(
    finalReads(
      historyOf(
        ["ok", "write", "x"],
        ["ok", "write", "y"],
        FINAL_HEAL,
        ["ok", "read", "x"],
        ["fail", "read", "y"],
      ),
    ),
  ).toEqual({ keys: 2, unread: 1 });
});

test("keys on which nothing succeeded are not missed", () => {
  expect(finalReads(historyOf(["fail", "write", "x"], ["info", "write", "y"], FINAL_HEAL))).toEqual({
    keys: 0,
    unread: 0,
  });
});

test("without a final heal nothing was read again", () => {
  expect(finalReads(historyOf(["ok", "write", "x"], ["ok", "read", "x"]))).toEqual({ keys: 1, unread: 1 });
});

test("a transaction uses every key that it names, and looks at those that it reads", () => {
  const of = (...transactions: readonly Json[]) => {
    const heal = { process: "nemesis", f: FINAL_HEAL } as const;
    const [load, ...recovery] = transactions.map((value, process) =>
      (["invoke", "ok"] as const).map((type) => ({ type, process, f: "txn", value })),
    );
    return finalReads(
      historyOfEvents([
        ...(load ?? []),
        { ...heal, type: "invoke" },
        { ...heal, type: "ok" },
        ...recovery.flat(),
      ]),
    );
  };
  const load = [
    ["append", "x", 1],
    ["r", "y", []],
  ];
  expect(of(load, [["r", "x", [1]]], [["r", "y", []]])).toEqual({ keys: 2, unread: 0 });
  expect(of(load, [["append", "x", 2]], [["r", "y", []]])).toEqual({ keys: 2, unread: 1 });
});
