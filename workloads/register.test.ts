import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { NS_PER_MS, Random } from "../harness/clock/index.ts";
import {
  type Generator,
  type GeneratorEvent,
  limit,
  perfect,
  type Simulation,
  simulate,
} from "../harness/generator/index.ts";
import type { Key } from "../harness/history/operation.ts";
import {
  type OptionValues,
  operationsOf,
  resolveOptions,
  type WorkloadGenerators,
} from "../harness/ports/index.ts";
import { register } from "./register.ts";

const NODES = ["n1", "n2", "n3"];

function generatorsOf(concurrency: number, given: OptionValues = {}): WorkloadGenerators {
  return register.generators({
    nodes: NODES,
    concurrency,
    options: resolveOptions("register", register.options, given),
    random: new Random(1),
  });
}

/** What the load's clients do, each operation succeeding at once unless told otherwise. */
function load(
  count: number,
  {
    concurrency,
    options = {},
    ...more
  }: Partial<Simulation> & { concurrency: number; options?: OptionValues },
): readonly GeneratorEvent[] {
  const generator = limit(count, generatorsOf(concurrency, options).load);
  return simulate(generator, { concurrency, seed: 1, complete: perfect, ...more });
}

const invocationsOf = (events: readonly GeneratorEvent[]) => events.filter(({ type }) => type === "invoke");

/** The events of each key, keys in order of first use. */
function byKey(events: readonly GeneratorEvent[]): Map<Key | undefined, GeneratorEvent[]> {
  const keys = new Map<Key | undefined, GeneratorEvent[]>();
  for (const event of events) keys.set(event.key, [...(keys.get(event.key) ?? []), event]);
  return keys;
}

/** The value that an operation would put there. */
function writtenBy({ f, value }: GeneratorEvent): unknown {
  return f === "cas" ? (value as readonly unknown[])[1] : value;
}

const writesIn = (events: readonly GeneratorEvent[]) => invocationsOf(events).filter(({ f }) => f !== "read");

/** Ends in every way and in any order; a compare-and-set that succeeds answers as it was asked. */
const rough: Simulation["complete"] = (_invocation, random) => ({
  type: random.pick(["ok", "ok", "ok", "fail", "info"]),
  latencyNs: random.int(20),
});

describe("what clients do", () => {
  test("are the operations that the workload declares, half of them reads", () => {
    const events = invocationsOf(load(4_000, { concurrency: 6 }));
    const share = (f: string) => events.filter((event) => event.f === f).length / events.length;
    expect(new Set(events.map(({ f }) => f))).toEqual(new Set(Object.keys(register.operations)));
    expect(share("read")).toBeCloseTo(0.5, 1);
    expect(share("write")).toBeCloseTo(0.25, 1);
    expect(share("cas")).toBeCloseTo(0.25, 1);
  });

  test("are half writes where there is no compare-and-set", () => {
    const events = invocationsOf(load(1_000, { concurrency: 6, options: { cas: "no" } }));
    const writes = events.filter(({ f }) => f === "write");
    expect(writes.length / events.length).toBeCloseTo(0.5, 1);
    expect(new Set(events.map(({ f }) => f))).toEqual(new Set(["read", "write"]));
    expect(Object.keys(operationsOf(register, { cas: "no" }))).toEqual(["read", "write"]);
    expect(operationsOf(register, { cas: "yes" })).toEqual(register.operations);
  });

  test("can change the store, except for reads", () => {
    expect(register.operations).toEqual({
      read: { hasEffect: false },
      write: { hasEffect: true },
      cas: { hasEffect: true },
    });
  });

  test("reads carry no value, writes one, compare-and-sets two", () => {
    for (const { f, value } of invocationsOf(load(300, { concurrency: 3 }))) {
      if (f === "read") expect(value).toBe(null);
      else if (f === "write") expect(value).toEqual(expect.any(Number));
      else expect(value).toHaveLength(2);
    }
  });
});

describe("the values written to a key", () => {
  test.prop([fc.nat(10_000), fc.integer({ min: 1, max: 10 })])(
    "are distinct, whatever becomes of the writes",
    (seed, concurrency) => {
      const events = load(500, { concurrency, seed, complete: rough });
      for (const ofKey of byKey(events).values()) {
        const values = writesIn(ofKey).map(writtenBy);
        expect(new Set(values).size).toBe(values.length);
      }
    },
  );

  test("are never that of a fresh key", () => {
    expect(writesIn(load(500, { concurrency: 6 })).map(writtenBy)).not.toContain(null);
  });

  test.prop([fc.integer({ min: 1, max: 5 })])("are of a small domain where `values` says so", (values) => {
    const written = writesIn(load(500, { concurrency: 3, options: { values: String(values) } })).map(
      writtenBy,
    );
    expect(new Set(written)).toEqual(new Set(Array.from({ length: values }, (_, value) => value)));
  });
});

describe("a compare-and-set", () => {
  test("expects the value that the group saw last on that key, and null on a fresh one", () => {
    for (const ofKey of byKey(load(600, { concurrency: 1 })).values()) {
      let last: unknown = null;
      for (const event of ofKey) {
        if (event.type === "invoke" && event.f === "cas") {
          expect((event.value as readonly unknown[])[0]).toBe(last);
        } else if (event.type === "ok") last = writtenBy(event);
      }
    }
  });

  test("expects what a read saw, also where others wrote it", () => {
    const events = load(200, {
      concurrency: 1,
      complete: ({ f, value }) => ({ type: "ok", latencyNs: 1, value: f === "read" ? 1_000_000 : value }),
    });
    const afterRead = events.filter(({ f, key }, i) => {
      const before = events[i - 1];
      return f === "cas" && before?.f === "read" && before.key === key;
    });
    expect(afterRead.length).toBeGreaterThan(5);
    for (const { value } of afterRead) expect((value as readonly unknown[])[0]).toBe(1_000_000);
  });

  test("learns nothing from what failed or is unknown", () => {
    for (const type of ["fail", "info"] as const) {
      const events = load(200, { concurrency: 1, complete: () => ({ type, latencyNs: 1 }) });
      const expected = invocationsOf(events)
        .filter(({ f }) => f === "cas")
        .map(({ value }) => (value as readonly unknown[])[0]);
      expect(new Set(expected)).toEqual(new Set([null]));
    }
  });
});

describe("keys", () => {
  test("move on after their share of operations, counting whatever became of them", () => {
    const events = load(1_000, { concurrency: 6, options: { "ops-per-key": "30" }, complete: rough });
    const counts = [...byKey(invocationsOf(events)).values()].map((ofKey) => ofKey.length);
    expect(counts.length).toBeGreaterThan(30);
    // Two groups were cut short by the end of the load.
    expect(Math.max(...counts)).toBe(30);
    expect(counts.filter((count) => count < 30).length).toBeLessThanOrEqual(2);
  });

  test("are named in order of first use", () => {
    const keys = [...byKey(invocationsOf(load(500, { concurrency: 6 }))).keys()];
    expect(keys).toEqual(keys.map((_, ordinal) => `k${ordinal}`));
  });

  test.prop([
    fc.record({
      concurrency: fc.integer({ min: 1, max: 20 }),
      keys: fc.integer({ min: 0, max: 30 }),
      seed: fc.nat(1_000),
    }),
  ])("are each worked on by one group of clients only", ({ concurrency, keys, seed }) => {
    const events = load(400, {
      concurrency,
      seed,
      options: { keys: String(keys), "ops-per-key": "10" },
      complete: rough,
    });
    const wanted = keys === 0 ? Math.max(1, Math.floor(concurrency / NODES.length)) : keys;
    const groupCount = Math.min(wanted, concurrency);
    const groupOf = new Map<unknown, Set<unknown>>();
    for (const { key, thread } of invocationsOf(events)) {
      groupOf.set(key, (groupOf.get(key) ?? new Set()).add(thread));
    }
    // Groups are blocks of consecutive threads.
    for (const threads of groupOf.values()) {
      const numbers = [...threads].map(Number);
      expect(Math.max(...numbers) - Math.min(...numbers)).toBeLessThan(Math.ceil(concurrency / groupCount));
    }
  });

  test.each([
    { concurrency: 6, given: {}, atOnce: 2, why: "one for each set of clients that spans three nodes" },
    { concurrency: 7, given: {}, atOnce: 2, why: "also where clients are left over" },
    { concurrency: 2, given: {}, atOnce: 1, why: "at least one" },
    { concurrency: 1, given: {}, atOnce: 1, why: "for one client too" },
    { concurrency: 7, given: { keys: "3" }, atOnce: 3, why: "as many as asked for" },
    { concurrency: 2, given: { keys: "5" }, atOnce: 2, why: "at most one a client" },
  ])("$atOnce at the same time for $concurrency clients: $why", ({ concurrency, given, atOnce }) => {
    const events = load(2_000, { concurrency, options: { ...given, "ops-per-key": "20" } });
    const left = new Map<unknown, number>();
    for (const { key } of invocationsOf(events)) left.set(key, (left.get(key) ?? 0) + 1);
    const busy = new Set<unknown>();
    let most = 0;
    for (const { key } of invocationsOf(events)) {
      busy.add(key);
      most = Math.max(most, busy.size);
      const rest = (left.get(key) ?? 0) - 1;
      left.set(key, rest);
      if (rest === 0) busy.delete(key);
    }
    expect(most).toBe(atOnce);
    expect(new Set(invocationsOf(events).map(({ thread }) => thread)).size).toBe(concurrency);
  });
});

describe("options", () => {
  const resolve = (given: OptionValues) => resolveOptions("the workload register", register.options, given);

  test("have defaults", () => {
    expect(resolve({})).toEqual({
      keys: "0",
      "ops-per-key": "100",
      values: "0",
      cas: "yes",
      "final-reads": "once",
    });
  });

  test.each([
    { "ops-per-key": "0" },
    { keys: "-1" },
    { keys: "1.5" },
    { keys: "1e3" },
    { keys: "" },
    { values: "many" },
    { values: "1234567890" },
    { cas: "maybe" },
  ])("refuse %j", (given) => {
    expect(() => resolve(given)).toThrow(expect.objectContaining({ name: "UsageError", code: "bad-option" }));
  });

  test("say what is wrong", () => {
    expect(() => resolve({ "ops-per-key": "0" })).toThrowErrorMatchingInlineSnapshot(
      `[UsageError: option ops-per-key of the workload register must be a whole number of at least 1, not "0"]`,
    );
  });
});

describe("final reads", () => {
  const keysOf = (count: number) => Array.from({ length: count }, (_, ordinal) => `k${ordinal}`);

  function finalReads(keys: readonly Key[], simulation: Partial<Simulation> & { concurrency: number }) {
    const generator: Generator = generatorsOf(simulation.concurrency).recovery(keys);
    return simulate(generator, { seed: 1, complete: perfect, ...simulation });
  }

  test.prop([fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: 12 })])(
    "read every key, and nothing else",
    (count, concurrency) => {
      const reads = invocationsOf(finalReads(keysOf(count), { concurrency }));
      expect(new Set(reads.map(({ key }) => key))).toEqual(new Set(keysOf(count)));
      for (const { f, value } of reads) expect([f, value]).toEqual(["read", null]);
    },
  );

  test("of each key are asked until one is answered", () => {
    const events = finalReads(keysOf(10), {
      concurrency: 4,
      complete: (_invocation, _random, ordinal) => ({ type: ordinal < 7 ? "fail" : "ok", latencyNs: 10 }),
    });
    const answered = events.filter(({ type }) => type === "ok").map(({ key }) => key);
    expect(new Set(answered)).toEqual(new Set(keysOf(10)));
    expect(events.filter(({ type }) => type === "fail")).toHaveLength(4 * 7);
  });

  test.each([
    { count: 10, last: ["k7", "k8", "k9"] },
    { count: 3, last: ["k0", "k1", "k2"] },
    { count: 1, last: ["k0"] },
  ])("of the last of $count keys go through every thread as well: $last", ({ count, last }) => {
    const reads = invocationsOf(finalReads(keysOf(count), { concurrency: 5 })).slice(count);
    for (const thread of [0, 1, 2, 3, 4]) {
      expect(reads.filter((read) => read.thread === thread).map(({ key }) => key)).toEqual(last);
    }
    expect(reads).toHaveLength(5 * last.length);
  });

  test("are of every key at every node where they are asked for everywhere", () => {
    const { recovery } = generatorsOf(6, { "final-reads": "everywhere" });
    const events = simulate(recovery(["k0", "k1"]), { concurrency: 6, seed: 1, complete: perfect });
    const asked = invocationsOf(events).map(
      ({ thread, key }) => `${key} ${(thread as number) % NODES.length}`,
    );
    expect([...new Set(asked)].sort()).toEqual(["k0 0", "k0 1", "k0 2", "k1 0", "k1 1", "k1 2"]);
  });

  test("through every thread come after every key was read", () => {
    const events = finalReads(keysOf(6), {
      concurrency: 2,
      complete: (_invocation, random) => ({ type: "ok", latencyNs: random.int(NS_PER_MS) }),
    });
    const sixth = events.filter(({ type }) => type === "ok")[5];
    const seventh = invocationsOf(events)[6];
    expect(seventh?.timeNs).toBeGreaterThanOrEqual(sixth?.timeNs ?? Number.NaN);
  });

  test("through every thread are asked once: a node that stays silent holds up no run", () => {
    let answered = 0;
    const events = finalReads(["k0"], {
      concurrency: 3,
      complete: () => ({ type: answered++ === 0 ? "ok" : "fail", latencyNs: 10 }),
      operationLimit: 50,
    });
    expect(events.filter(({ type }) => type !== "invoke").map(({ type }) => type)).toEqual([
      "ok",
      "fail",
      "fail",
      "fail",
    ]);
  });
});
