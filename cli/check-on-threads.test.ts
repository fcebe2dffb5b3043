import { describe, expect, test } from "vitest";
import type { TurnResult } from "../checkers/linearizable/agenda.ts";
import { type SearchRequest, type SearchSetup, searcher } from "../checkers/linearizable/search-elsewhere.ts";
import { casRegister, type Model, register } from "../checkers/models/index.ts";
import { type BareEvent, historyOf } from "../checkers/testing/history-of.ts";
import { arbitraryHistory, atomicHistory } from "../checkers/testing/random-register-history.ts";
import { Random } from "../harness/clock/index.ts";
import { checkOnThreads } from "./check-on-threads.ts";
import type { SearchThread } from "./search-thread.ts";

/** Threads on the one there is: every request is answered in a later turn of the event loop, unless it is never. */
function testThreads(
  answers: (request: SearchRequest) => boolean | Error = () => true,
  delay: () => number = () => 1,
) {
  const seen: SearchRequest[] = [];
  let opened = 0;
  let closed = 0;
  const open = (setup: SearchSetup): SearchThread => {
    opened++;
    const search = searcher(structuredClone(setup), () => 0);
    return {
      ready: Promise.resolve(),
      async search(request) {
        seen.push(request);
        const answer = answers(request);
        if (answer instanceof Error) throw answer;
        if (!answer) return new Promise<TurnResult>(() => {});
        for (let turns = delay(); turns > 0; turns--) await Promise.resolve();
        return search(structuredClone(request));
      },
      async close() {
        closed++;
      },
    };
  };
  return {
    seen,
    threads: { open, count: 2, patienceMs: 0, smallOperations: 0 },
    running: () => opened - closed,
  };
}

/** Writes at the same time, and a read after them. */
function hard(key: string, first: number, right = true): BareEvent[] {
  const writers = Array.from({ length: 4 }, (_, n) => ({
    process: first + n,
    f: "write",
    key,
    value: n % 2,
  }));
  return [
    ...writers.map((event): BareEvent => ({ ...event, type: "invoke" })),
    ...writers.map((event): BareEvent => ({ ...event, type: "ok" })),
    { type: "invoke", process: first, f: "read", key, value: null },
    { type: "ok", process: first, f: "read", key, value: right ? 1 : 7 },
  ];
}

const budget = { timeMs: 60_000, memoryBytes: 2 ** 28 };
const context = { budget, nowMs: () => 0 };
const history = (...wrong: string[]) =>
  historyOf(["a", "b", "c", "d"].flatMap((key, n) => hard(key, 10 * n, !wrong.includes(key))));

describe("a check on several threads", () => {
  test.each([
    { wrong: [], validity: "valid" },
    { wrong: ["b", "d"], validity: "invalid" },
  ])("comes to the same as on one ($wrong wrong)", async ({ wrong, validity }) => {
    const { threads, seen, running } = testThreads();
    const several = await checkOnThreads(history(...wrong), register(), context, {
      allKeys: true,
      special: false,
      threads,
    });
    const one = await checkOnThreads(history(...wrong), register(), context, {
      allKeys: true,
      special: false,
      threads: { count: 1 },
    });
    expect(several).toEqual(one);
    expect(several.validity).toBe(validity);
    expect(several.anomalies.map(({ key }) => key)).toEqual(wrong);
    expect(seen.map(({ key }) => key).sort()).toEqual(["a", "b", "c", "d"]);
    expect(running()).toBe(0);
  });

  test("ends at the first violation, without waiting for a search that goes on for ever", async () => {
    const { threads, running } = testThreads(({ key }) => key !== "a");
    const result = await checkOnThreads(history("c"), register(), context, {
      allKeys: false,
      special: false,
      threads,
    });
    expect(result.validity).toBe("invalid");
    expect(result.anomalies.map(({ key }) => key)).toEqual(["c"]);
    expect(result.reasons[0]?.message).toMatch(/^2 of 4 objects were not decided/);
    expect(running()).toBe(0);
  });

  test("fails where a thread does, whatever the others found", async () => {
    const { threads, running } = testThreads(({ key }) => (key === "b" ? new Error("it died") : true));
    await expect(
      checkOnThreads(history("a"), register(), context, { allKeys: true, special: false, threads }),
    ).rejects.toThrow("it died");
    expect(running()).toBe(0);
  });

  test("divides the budget among them", async () => {
    const { threads, seen } = testThreads();
    await checkOnThreads(history(), register(), context, { allKeys: true, special: false, threads });
    expect(seen[0]?.turn).toMatchObject({ timeMs: 30_000, memoryBytes: 2 ** 27 });
  });
});

test("random histories of several keys have the same verdict on one thread and on several", async () => {
  for (let seed = 0; seed < 60; seed++) {
    const random = new Random(9).fork(seed);
    const shape = { operations: 12, processes: 3, values: 2, withCas: true, crashed: 0.1, failed: 0.1 };
    const events = Array.from({ length: 5 }, (_, key) =>
      (random.chance(0.7) ? atomicHistory(random, shape, 0) : arbitraryHistory(random, shape)).map(
        (event): BareEvent => ({ ...event, key, process: Number(event.process) * 5 + key }),
      ),
    );
    const history = historyOf(events.flat());
    const model = casRegister({ init: 0 });
    const check = (allKeys: boolean, count: number) => {
      // Answers come in any order.
      const { threads } = testThreads(
        () => true,
        () => random.int(9),
      );
      return checkOnThreads(history, model, context, {
        allKeys,
        special: false,
        threads: { ...threads, count },
      });
    };
    const all = await check(true, 1);
    expect(await check(true, 3)).toEqual(all);
    const first = await check(false, 3);
    expect(first.validity).toBe(all.validity);
    for (const anomaly of first.anomalies) expect(all.anomalies).toContainEqual(anomaly);
  }
});

describe("no thread is started", () => {
  const count = async (model: Model, patienceMs: number, of = history()) => {
    const { threads, seen } = testThreads();
    const result = await checkOnThreads(of, model, context, {
      allKeys: false,
      special: false,
      threads: { ...threads, patienceMs },
    });
    expect(result.validity).toBe("valid");
    return seen.length;
  };

  test("before the caller's own has searched for a while", async () => {
    expect(await count(register(), 1)).toBe(0);
    expect(await count(register(), 0)).toBe(4);
  });

  test("for the first turn of small objects", async () => {
    const { threads, seen } = testThreads();
    await checkOnThreads(history(), register(), context, {
      allKeys: true,
      special: false,
      threads: { ...threads, smallOperations: 500 },
    });
    expect(seen).toEqual([]);
  });

  test("for one object alone", async () => {
    expect(await count(register(), 0, historyOf(hard("a", 0)))).toBe(0);
  });

  test("for a model that is a user's own, whose functions stay where they are", async () => {
    expect(await count({ ...register() }, 0)).toBe(0);
  });
});
