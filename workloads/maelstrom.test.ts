import { describe, expect, test } from "vitest";
import { consistencies } from "../checkers/consistencies.ts";
import { createModel } from "../checkers/index.ts";
import type { GeneratorEvent } from "../harness/generator/index.ts";
import type { History, Json, Key } from "../harness/history/index.ts";
import type { Workload } from "../harness/ports/index.ts";
import { broadcast, gSet } from "./broadcast.ts";
import { echo } from "./echo.ts";
import { linKv } from "./lin-kv.ts";
import { gCounter, pnCounter } from "./maelstrom-counters.ts";
import { simulatedRun } from "./testing/simulated-store.ts";
import { uniqueIds } from "./unique-ids.ts";

type Answer = (event: GeneratorEvent, node: string) => Json | undefined;

const judged = (history: History, { model, consistency = "linearizable" }: Workload) =>
  consistencies[consistency]?.checker({ model, options: {} }).check(history);

/** A store that does what the model says, at once and everywhere. */
function atomicStore({ model: name }: Workload): Answer {
  const model = createModel(name);
  const states = new Map<Key | undefined, Json>();
  let ids = 0;
  return ({ f, key, value }) => {
    const state = states.get(key) ?? model.init;
    const output = f === "read" ? state : f === "generate" ? `id ${++ids}` : value;
    const step = model.step(state, { f, input: value, output, type: "ok" });
    if ("rejected" in step) return undefined;
    states.set(key, step.state);
    return output;
  };
}

const all = [echo, uniqueIds, broadcast, gSet, gCounter, pnCounter, linKv];

describe.each(all)("the workload $name", (workload) => {
  test("of a store that does what it should is valid", () => {
    for (const seed of [1, 2, 3]) {
      const history = simulatedRun({ workload, operations: 400, seed, answer: atomicStore(workload) });
      expect(judged(history, workload)).toMatchObject({ validity: "valid", anomalies: [], reasons: [] });
    }
  });

  test("asks for every kind of operation that it names, and for no other", () => {
    const { columns, names } = simulatedRun({
      workload,
      operations: 400,
      seed: 1,
      answer: atomicStore(workload),
    });
    const asked = [...columns.f]
      .filter((_, row) => (columns.process[row] as number) >= 0)
      .map((f) => names.functions[f]);
    expect([...new Set(asked)].sort()).toEqual(Object.keys(workload.operations).sort());
  });
});

/** Nodes that keep to themselves what they are told. */
function lonelyNodes(workload: Workload): Answer {
  const stores = new Map<string, Answer>();
  return (event, node) => {
    const store = stores.get(node) ?? atomicStore(workload);
    stores.set(node, store);
    return store(event, node);
  };
}

describe("nodes that keep to themselves what they are told are caught", () => {
  test.each([uniqueIds, broadcast, gSet, gCounter, pnCounter, linKv])("by the workload $name", (workload) => {
    const history = simulatedRun({ workload, operations: 400, seed: 1, answer: lonelyNodes(workload) });
    expect(judged(history, workload)?.validity).toBe("invalid");
  });
});

test("an echo of something else is caught", () => {
  const answer: Answer = ({ value }) => (String(value).includes(" 7 ") ? "something else" : value);
  const history = simulatedRun({ workload: echo, operations: 100, seed: 1, answer });
  expect(judged(history, echo)?.validity).toBe("invalid");
});

test("a g-counter only grows, a pn-counter does not", () => {
  const amounts = (workload: Workload) => {
    const history = simulatedRun({ workload, operations: 200, seed: 1, answer: atomicStore(workload) });
    return [...history.operations()].filter(({ f }) => f === "add").map(({ input }) => input as number);
  };
  expect(Math.min(...amounts(gCounter))).toBeGreaterThan(0);
  expect(Math.min(...amounts(pnCounter))).toBeLessThan(0);
});

test("no final read begins before the quiet is over", () => {
  const history = simulatedRun({
    workload: gSet,
    options: { quiet: "3s" },
    operations: 50,
    seed: 1,
    answer: atomicStore(gSet),
  });
  const operations = [...history.operations()];
  const heal = operations.findIndex(({ process }) => process === "nemesis");
  const [first] = operations.slice(heal + 1);
  expect((first?.invokeTimeNs ?? 0) - (operations[heal]?.completeTimeNs ?? 0)).toBeGreaterThanOrEqual(3e9);
});
