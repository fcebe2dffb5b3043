import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ConcurrentKeys, concurrentKeys, sequentialKeys } from "./concurrent-keys.ts";
import { limit, once } from "./limit.ts";
import { nothing } from "./nothing.ts";
import { clients, clientsAndNemesis, onThreads } from "./on-threads.ts";
import { operation } from "./operation.ts";
import { processLimit } from "./process-limit.ts";
import { repeat } from "./repeat.ts";
import { reserve } from "./reserve.ts";
import { imperfect } from "./simulated-completions.ts";
import { phases } from "./synchronize.ts";
import { invocations, simulated } from "./testing/invocations.ts";
import { listening } from "./testing/listening.ts";
import { ThreadSet } from "./thread-set.ts";
import { untilOk } from "./until-ok.ts";

const op = (f: string) => operation({ f });

/** `operations` on each of `keyCount` keys k0, k1, …. */
function load(groups: number, keyCount: number, operations: number): ConcurrentKeys {
  return {
    groups,
    keyCount,
    keys: (ordinal) => `k${ordinal}`,
    generatorFor: () => repeat(operations, op("a")),
  };
}

/** The threads that worked on each key, keys in order of first use. */
function threadsByKey(events: ReturnType<typeof invocations>): Map<unknown, ThreadSet> {
  const threads = new Map<unknown, ThreadSet>();
  for (const { key, thread } of events) {
    threads.set(key, (threads.get(key) ?? ThreadSet.of([])).with(thread));
  }
  return threads;
}

const sizes = fc.record({
  seed: fc.nat(1_000),
  concurrency: fc.integer({ min: 1, max: 40 }),
  groups: fc.integer({ min: 1, max: 12 }),
  keyCount: fc.nat(30),
  operations: fc.integer({ min: 1, max: 12 }),
});

/** The block of a thread, when `concurrency` threads are divided into blocks of sizes that differ by at most one. */
function blockOf(thread: number, concurrency: number, groups: number): number {
  const count = Math.min(groups, concurrency);
  let end = 0;
  for (let block = 0; block < count; block++) {
    end += Math.floor(concurrency / count) + (block < concurrency % count ? 1 : 0);
    if (thread < end) return block;
  }
  return -1;
}

describe("concurrentKeys", () => {
  it("does everything that is to do with each key, exactly once, with that key", () => {
    fc.assert(
      fc.property(sizes, ({ seed, concurrency, groups, keyCount, operations }) => {
        const events = invocations(concurrentKeys(load(groups, keyCount, operations)), { seed, concurrency });
        const counts = new Map<unknown, number>();
        for (const { key } of events) counts.set(key, (counts.get(key) ?? 0) + 1);
        expect(counts).toEqual(
          new Map(Array.from(counts.keys(), (_, ordinal) => [`k${ordinal}`, operations])),
        );
        expect(counts.size).toBe(keyCount);
      }),
    );
  });

  it("works on no key with two groups, each being a block of consecutive threads", () => {
    fc.assert(
      fc.property(sizes, ({ seed, concurrency, groups, keyCount, operations }) => {
        const events = invocations(concurrentKeys(load(groups, keyCount, operations)), {
          seed,
          concurrency,
          complete: imperfect,
        });
        for (const threads of threadsByKey(events).values()) {
          const blocks = new Set([...threads].map((thread) => blockOf(Number(thread), concurrency, groups)));
          expect(blocks.size).toBe(1);
        }
      }),
    );
  });

  it("keeps all groups busy at the same time, with every thread of theirs", () => {
    const events = invocations(concurrentKeys(load(3, 3, 60)), { concurrency: 11 });
    expect([...threadsByKey(events).values()].map((threads) => [...threads].join(" ")).toSorted()).toEqual([
      "0 1 2 3",
      "4 5 6 7",
      "8 9 10",
    ]);
  });

  it("has as many groups as threads when there are fewer threads than groups", () => {
    const events = invocations(concurrentKeys(load(5, 2, 8)), { concurrency: 2 });
    expect([...threadsByKey(events).values()].map((threads) => [...threads].join(" ")).toSorted()).toEqual([
      "0",
      "1",
    ]);
  });

  it("takes keys in order, none left out, without end where there is none", () => {
    const { keyCount: _, ...endless } = load(4, 0, 3);
    const events = invocations(limit(100, concurrentKeys(endless)), { concurrency: 8 });
    const keys = [...threadsByKey(events).keys()];
    expect(keys).toEqual(keys.map((_key, ordinal) => `k${ordinal}`));
    expect(keys.length).toBeGreaterThan(30);
  });

  it("tells a key's generator of the events of that key alone, also when an older operation completes late", () => {
    const heard: string[] = [];
    const keyed = concurrentKeys({
      groups: 1,
      keyCount: 2,
      keys: (ordinal) => ordinal,
      generatorFor: (key) => (key === 0 ? op("old") : listening("new", 3, heard)),
    });
    const oldIsSlow = ({ f }: { f: string }) => ({ type: "ok" as const, latencyNs: f === "old" ? 15 : 10 });
    const events = simulated(keyed, { concurrency: 2, complete: oldIsSlow });
    expect(events.find(({ f, type }) => f === "old" && type === "ok")?.timeNs).toBe(15);
    expect(new Set(heard)).toEqual(new Set(["new hears invoke new", "new hears ok new"]));
  });

  it("ends a key by what its own operations came to", () => {
    const keyed = concurrentKeys({ ...load(2, 4, 0), generatorFor: () => untilOk(repeat(op("a"))) });
    const events = simulated(keyed, { concurrency: 2, complete: imperfect });
    for (let ordinal = 0; ordinal < 4; ordinal++) {
      const own = events.filter(({ key }) => key === `k${ordinal}`);
      expect(own.map(({ type }) => type).join(" ")).toBe("invoke fail invoke info invoke ok");
    }
  });

  it("bounds the processes of each key", () => {
    const keyed = concurrentKeys({
      ...load(2, 6, 0),
      generatorFor: () => processLimit(7, repeat(100, op("a"))),
    });
    const events = invocations(keyed, { concurrency: 10, complete: imperfect });
    for (const key of threadsByKey(events).keys()) {
      const own = events.filter((event) => event.key === key);
      expect(new Set(own.map(({ process }) => process)).size).toBeLessThanOrEqual(7);
    }
    expect(threadsByKey(events).size).toBe(6);
  });

  it("waits for the group alone in a phase of a key", () => {
    const keyed = concurrentKeys({
      ...load(2, 2, 0),
      generatorFor: () => phases(repeat(4, op("write")), repeat(2, op("read"))),
    });
    const events = simulated(keyed, {
      concurrency: 4,
      complete: (_, random) => ({ type: "ok", latencyNs: 1 + random.int(100) }),
    });
    for (const key of ["k0", "k1"]) {
      const own = events.filter((event) => event.key === key).map(({ f }) => f);
      expect(own).toEqual([...Array(8).fill("write"), ...Array(4).fill("read")]);
    }
  });

  it("uses the threads in view, and never the nemesis", () => {
    const events = invocations(
      clientsAndNemesis(
        reserve([2, nothing], clients(onThreads((thread) => thread !== 3, concurrentKeys(load(2, 2, 40))))),
        once(op("kill")),
      ),
      { concurrency: 7, nemesis: true },
    );
    const used = [...threadsByKey(events.filter(({ f }) => f === "a")).values()];
    expect(used.map((threads) => [...threads].join(" ")).toSorted()).toEqual(["2 4", "5 6"]);
    const alone = invocations(concurrentKeys(load(2, 2, 40)), { concurrency: 2, nemesis: true });
    expect(alone.some(({ thread }) => thread === "nemesis")).toBe(false);
  });

  it("skips keys with nothing to do, and ends when there are only such", () => {
    const some = {
      ...load(2, 9, 0),
      generatorFor: (_: unknown, ordinal: number) => repeat(ordinal % 2, op("a")),
    };
    expect(invocations(concurrentKeys(some)).map(({ key }) => key)).toEqual(["k1", "k3", "k5", "k7"]);
    const { keyCount: _, ...endless } = load(2, 0, 0);
    expect(invocations(concurrentKeys(endless), { concurrency: 3 })).toEqual([]);
  });

  it("without keys or without clients is done", () => {
    expect(invocations(concurrentKeys(load(2, 0, 5)))).toEqual([]);
    expect(invocations(concurrentKeys(load(2, 5, 5)), { concurrency: 0, nemesis: true })).toEqual([]);
  });

  it.each([0, 1.5, Number.POSITIVE_INFINITY])("refuses %s groups", (groups) => {
    expect(() => concurrentKeys(load(groups, 1, 1))).toThrow("concurrentKeys takes a whole number of groups");
  });

  it("starts as many keys as there are groups of a thousand threads", () => {
    const events = invocations(concurrentKeys(load(200, 400, 10)), { concurrency: 1_000 });
    expect(threadsByKey(events).size).toBe(400);
    expect(events).toHaveLength(4_000);
  });
});

describe("sequentialKeys", () => {
  it("works on one key at a time with all clients", () => {
    const events = invocations(sequentialKeys(load(1, 3, 50)), { concurrency: 4 });
    expect(events.map(({ key }) => key)).toEqual(
      ["k0", "k1", "k2"].flatMap((key) => Array.from({ length: 50 }, () => key)),
    );
    for (const threads of threadsByKey(events).values()) expect(threads.size).toBe(4);
  });
});
