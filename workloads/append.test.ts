import { describe, expect, test } from "vitest";
import { consistencies } from "../checkers/consistencies.ts";
import { finalReads } from "../checkers/final-reads.ts";
import type { GeneratorEvent } from "../harness/generator/index.ts";
import { Completed, type History, type Json, type Key } from "../harness/history/index.ts";
import type { OptionValues } from "../harness/ports/index.ts";
import { append } from "./append.ts";
import { simulatedRun } from "./testing/simulated-store.ts";

type Part = readonly [f: string, key: Key, value: Json];

/** Lists that are appended to and read in transactions; `shown` is what a read shows of a list. */
function listStore(shown: (list: readonly Json[]) => readonly Json[] = (list) => list) {
  const lists = new Map<Key, Json[]>();
  return ({ value }: GeneratorEvent): Json =>
    (value as readonly Part[]).map(([f, key, element]): Json => {
      const list = lists.get(key) ?? [];
      lists.set(key, list);
      if (f === "append") list.push(element);
      return f === "append" ? [f, key, element] : [f, key, [...shown(list)]];
    });
}

const run = (
  seed: number,
  answer: (event: GeneratorEvent) => Json | undefined = listStore(),
  options: OptionValues = {},
) => simulatedRun({ workload: append, options, operations: 500, seed, answer });

const judged = (history: History, consistency: string) =>
  consistencies[consistency]?.checker({ model: append.model, options: {} }).check(history);

function transactions(history: History): (readonly Part[])[] {
  return [...history.operations()]
    .filter(({ f }) => f === "txn")
    .map(({ input }) => input as readonly Part[]);
}

describe("the workload append", () => {
  test("of a store that does one transaction at a time has every promise of transactions", () => {
    for (const seed of [1, 2, 3]) {
      for (const name of ["serializable", "strict-serializable", "semantic-atomicity", "linearizable"]) {
        expect(judged(run(seed), name)).toMatchObject({ validity: "valid", anomalies: [], reasons: [] });
      }
    }
  });

  test("shows reads that are late", () => {
    let reads = 0;
    const history = run(
      1,
      listStore((list) => (++reads % 50 === 0 ? list.slice(0, -1) : list)),
    );
    expect(judged(history, "strict-serializable")?.validity).toBe("invalid");
  });

  test("shows a transaction that was done by half", () => {
    const store = listStore();
    let count = 0;
    const history = run(1, (event) => {
      const parts = event.value as readonly Part[];
      const half = parts.filter(([f]) => f === "append").length > 1 && ++count === 5;
      if (!half) return store(event);
      store({ ...event, value: parts.slice(0, 1) });
      return event.value;
    });
    expect(judged(history, "semantic-atomicity")?.anomalies.map(({ type }) => type)).toContain(
      "fractured-saga",
    );
  });

  test("has transactions that only read, that only append, and that do both, of every length", () => {
    const all = transactions(run(1));
    const kinds = all.map((parts) => [...new Set(parts.map(([f]) => f))].sort().join());
    for (const kind of ["append", "r", "append,r"]) {
      expect(kinds.filter((each) => each === kind).length).toBeGreaterThan(all.length / 10);
    }
    expect(new Set(all.map(({ length }) => length))).toEqual(new Set([1, 2, 3, 4]));
  });

  test("appends every element but once, to a few lists at a time that are replaced one by one", () => {
    const all = transactions(run(1, listStore(), { keys: "2", "ops-per-key": "40" }));
    const elements = all.flat().flatMap(([f, , value]) => (f === "append" ? [value] : []));
    expect(new Set(elements).size).toBe(elements.length);
    const load = all.slice(0, 500);
    for (let at = 0; at + 10 <= load.length; at += 10) {
      expect(
        new Set(load.slice(at, at + 10).flatMap((parts) => parts.map(([, key]) => key))).size,
      ).toBeLessThanOrEqual(4);
    }
    expect(new Set(load.flat().map(([, key]) => key)).size).toBeGreaterThan(20);
  });

  test("reads every list in the end, once or at every node", () => {
    const lastReads = (options: OptionValues) => {
      const history = run(1, listStore(), options);
      expect(finalReads(history).unread).toBe(0);
      const heal = history.columns.process.indexOf(-1);
      return history.columns.completion.subarray(heal + 1).filter((each) => each === Completed.ok).length;
    };
    expect(lastReads({ "final-reads": "everywhere" })).toBe(3 * lastReads({}));
  });
});
