import { describe, expect, test } from "vitest";
import { Random } from "../../harness/clock/random.ts";
import { UsageError } from "../../harness/errors.ts";
import type { Json } from "../../harness/history/index.ts";
import { casRegister, type Model, register } from "../models/index.ts";
import { checkEvents } from "../testing/check-events.ts";
import { drawn } from "../testing/drawn-register-history.ts";
import { type BareEvent, historyOf } from "../testing/history-of.ts";
import { arbitraryHistory, atomicHistory } from "../testing/random-register-history.ts";
import { linearizable } from "./linearizable.ts";

const verdict = (drawing: string, model: Model = register({ init: 0 })) =>
  checkEvents(drawn(drawing), model).validity;

describe("a register", () => {
  test("a read concurrent with a write may see the old value or the new one", () => {
    const drawing = (value: number) => `
      0  |----w1----|
      1     |-r${value}-|`;
    expect(verdict(drawing(0))).toBe("valid");
    expect(verdict(drawing(1))).toBe("valid");
    expect(verdict(drawing(2))).toBe("invalid");
  });

  test("a read after an acknowledged write must not be stale", () => {
    expect(
      verdict(`
        0  |-w1-|
        1           |-r0-|`),
    ).toBe("invalid");
  });

  test("once a value was read, no later read goes back (new-old inversion)", () => {
    expect(
      verdict(`
        0  |---------w1--------|
        1     |-r1-|
        2             |-r0-|`),
    ).toBe("invalid");
  });

  test("intervals are closed: an operation that begins as another ends is concurrent with it", () => {
    expect(
      verdict(`
        0  |-w1-|
        1       |-r0-|`),
    ).toBe("valid");
  });

  test("a failed write took no effect, and may be seen by nobody", () => {
    expect(
      verdict(`
        0  |-w1-x
        1         |-r1-|`),
    ).toBe("invalid");
    expect(
      verdict(`
        0  |-w1-x
        1         |-r0-|`),
    ).toBe("valid");
  });

  test.each(["?", ">"])("a write that ends with %s may take effect late, or never", (end) => {
    expect(
      verdict(`
        0  |-w1-${end}
        1         |-r0-|  |-r1-|`),
    ).toBe("valid");
    expect(
      verdict(`
        0  |-w1-${end}
        1         |-r1-|  |-r0-|`),
    ).toBe("invalid");
  });

  test("a crashed write takes effect once, not twice", () => {
    expect(
      verdict(`
        0  |-w1-?
        1         |-r1-|  |-w2-|  |-r1-|`),
    ).toBe("invalid");
  });

  test("two crashed writes of one value take effect once each", () => {
    const drawing = (reads: string) => `
        0  |-w1-?
        1  |-w1-?
        2         |-r1-| |-w2-| |-r1-| |-w2-| ${reads}`;
    expect(verdict(drawing("|-r2-|"))).toBe("valid");
    expect(verdict(drawing("|-r1-|"))).toBe("invalid");
  });

  test("each key is a register of its own", () => {
    expect(
      verdict(`
        0  |-w1@x-|          |-r1@x-|
        1           |-w2@y-|          |-r2@y-|`),
    ).toBe("valid");
  });

  test("the smallest that is invalid ends the check, unless all are asked for", () => {
    const history = historyOf(
      drawn(`
        0  |-w1@x-|  |-r0@x-|  |-w1@z-|
        1  |-w2@y-|  |-r0@y-|  |-r2@y-|  |-r1@z-|`),
    );
    const first = linearizable(register({ init: 0 })).check(history);
    expect(first.validity).toBe("invalid");
    expect(first.anomalies.map(({ key }) => key)).toEqual(["x"]);
    expect(first.reasons).toMatchObject([
      {
        code: "first-violation",
        message: "2 of 3 objects were not decided: the check ended at the first violation",
      },
    ]);
    const all = linearizable(register({ init: 0 }), { allKeys: true }).check(history);
    expect(all.anomalies.map(({ key }) => key)).toEqual(["x", "y"]);
    expect(all.reasons).toEqual([]);
  });

  test("what the nemesis does is no operation of the register", () => {
    expect(
      verdict(`
        nemesis  |-w9-|  |-w8-|
        0        |-w1-|  |-r1-|`),
    ).toBe("valid");
  });

  test("a read of null is an answer, or tells nothing, as the model says", () => {
    const drawing = `
      0  |-w1-|  |-rn-|`;
    expect(verdict(drawing)).toBe("invalid");
    expect(verdict(drawing, register({ init: 0, nilReads: "unknown" }))).toBe("valid");
  });

  test("values are compared as JSON, whatever the order of members", () => {
    const events: BareEvent[] = [
      { type: "invoke", process: 0, f: "write", value: { a: 1, b: [2] } },
      { type: "ok", process: 0, f: "write", value: null },
      { type: "invoke", process: 0, f: "read", value: null },
      { type: "ok", process: 0, f: "read", value: { b: [2], a: 1 } },
    ];
    expect(checkEvents(events, register()).validity).toBe("valid");
  });
});

describe("a register with compare-and-set", () => {
  const cas = (failedCas: "dropped" | "observed") => casRegister({ init: 0, failedCas });

  test("of two that expect the same value one succeeds", () => {
    const drawing = `
      0  |-c0:1-|
      1  |-c0:2-|`;
    expect(verdict(drawing, cas("dropped"))).toBe("invalid");
    expect(verdict(`${drawing}\n      2  |-w0-|`, cas("dropped"))).toBe("valid");
  });

  test("one that failed tells that another value was there, if it is taken for an answer", () => {
    const drawing = `
      0  |-c0:1-x`;
    expect(verdict(drawing, cas("dropped"))).toBe("valid");
    expect(verdict(drawing, cas("observed"))).toBe("invalid");
  });

  test("one that failed without comparing tells nothing", () => {
    const failed = (code: string) => [
      { type: "invoke", process: 0, f: "cas", value: [0, 1] } as const,
      { type: "fail", process: 0, f: "cas", value: [0, 1], error: { code, message: "" } } as const,
    ];
    expect(checkEvents(failed("connection-refused"), cas("observed")).validity).toBe("valid");
    expect(checkEvents(failed("precondition-failed"), cas("observed")).validity).toBe("invalid");
  });

  test("a crashed write that nobody read can be the reason why a comparison was false", () => {
    expect(
      verdict(
        `
        0  |-w7-?
        1         |-c0:1-x`,
        cas("observed"),
      ),
    ).toBe("valid");
  });

  test("a chain of crashed operations is followed to the value that was read", () => {
    const drawing = (first: string) => `
      0  |-${first}-?
      1  |-c5:6-?
      2  |-c6:7-?
      3              |-r7-|`;
    expect(verdict(drawing("w5"), cas("dropped"))).toBe("valid");
    expect(verdict(drawing("w4"), cas("dropped"))).toBe("invalid");
  });
});

test("two hundred open writes are no difficulty in themselves", () => {
  const writes = Array.from({ length: 200 }, (_, value): BareEvent => {
    return { type: "invoke", process: value, f: "write", value };
  });
  const reads = (values: readonly number[]) =>
    values.flatMap((value): BareEvent[] => [
      { type: "invoke", process: 200, f: "read", value: null },
      { type: "ok", process: 200, f: "read", value },
    ]);
  const acknowledged = writes.map((event): BareEvent => ({ ...event, type: "ok" }));
  const shuffled = new Random(4).shuffle(writes.map((_, value) => value));
  expect(checkEvents([...writes, ...reads(shuffled)], register()).validity).toBe("valid");
  expect(checkEvents([...writes, ...reads(shuffled), ...acknowledged], register()).validity).toBe("valid");
  const again = [...shuffled, shuffled[7] as number];
  expect(checkEvents([...writes, ...reads(again)], register()).validity).toBe("invalid");
});

describe("the verdict does not depend on", () => {
  const histories = Array.from({ length: 400 }, (_, ordinal) => {
    const random = new Random(5).fork(ordinal);
    const shape = { operations: 9, processes: 4, values: 3, withCas: true, crashed: 0.2, failed: 0.1 };
    return ordinal % 2 === 0 ? arbitraryHistory(random, shape) : atomicHistory(random, shape, 0);
  });
  const model = casRegister({ init: 0 });
  const same = (change: (events: readonly BareEvent[]) => readonly BareEvent[], changed = model) => {
    const of = (events: readonly BareEvent[], by: Model) => checkEvents(events, by).validity;
    expect(histories.map((events) => of(change(events), changed))).toEqual(
      histories.map((events) => of(events, model)),
    );
  };

  test("what values are called", () => {
    const rename = (value: Json): Json =>
      Array.isArray(value) ? value.map(rename) : value === null ? null : `v${value}`;
    same(
      (events) => events.map((event) => ({ ...event, value: rename(event.value) })),
      casRegister({ init: "v0" }),
    );
  });

  test("what processes and keys are called", () => {
    same((events) => events.map((event) => ({ ...event, process: 100 - Number(event.process), key: "any" })));
  });

  test("operations on another key", () => {
    const other = drawn("77  |-w1@other-|  |-r1@other-|");
    same((events) => [...other.slice(0, 3), ...events, ...other.slice(3)]);
  });

  test("a crashed write that nobody observed", () => {
    same((events) => [{ type: "invoke", process: 99, f: "write", value: 12345 }, ...events]);
  });
});

describe("a valid history is found out once it is spoilt", () => {
  const spoilt = (spoil: (events: readonly BareEvent[], random: Random) => readonly BareEvent[]) => {
    for (let ordinal = 0; ordinal < 200; ordinal++) {
      const random = new Random(6).fork(ordinal);
      const shape = { operations: 80, processes: 5, values: 5, withCas: true, crashed: 0.05, failed: 0.1 };
      const events = atomicHistory(random, shape, 0);
      expect(checkEvents(events, casRegister({ init: 0 })).validity).toBe("valid");
      expect(checkEvents(spoil(events, random), casRegister({ init: 0 })).validity).toBe("invalid");
    }
  };

  test("by a read of a value that nobody wrote", () =>
    spoilt((events) => {
      const at = events.findIndex(({ f, type }) => f === "read" && type === "ok");
      return events.map((event, index) => (index === at ? { ...event, value: 99 } : event));
    }));

  test("by a read of a value that was overwritten", () =>
    spoilt((events, random) => {
      const at = random.int(events.length);
      const stale = drawn("900  |-w78-|  |-w77-|  |-w79-|  |-r77-|");
      return [...events.slice(0, at), ...stale, ...events.slice(at)];
    }));

  test("by a value that is read before it is written", () =>
    spoilt((events, random) => {
      const at = random.int(events.length);
      return [...events.slice(0, at), ...drawn("900  |-r77-|  |-w77-|"), ...events.slice(at)];
    }));

  test("by a second compare-and-set from a value that was there once", () =>
    spoilt((events, random) => {
      const at = random.int(events.length);
      const twice = drawn("900  |-w76-|  |-w77-|  |-c77:78-|  |-c77:79-|");
      return [...events.slice(0, at), ...twice, ...events.slice(at)];
    }));
});

describe("a budget", () => {
  /** A register that does not tell that a write overwrites everything, which is what makes the next history easy. */
  const { dataflow: _, ...reticent } = register();
  /** Writes that nobody can tell apart in time, and a read of what none of them wrote before. */
  const hard = drawn(
    [...Array.from({ length: 14 }, (_, p) => `${p}  |-----------w${p}-----------|`), "20  |-r99-|"].join(
      "\n",
    ),
  );

  test("of time that runs out ends in unknown, with how far the search got", () => {
    let nowMs = 0;
    const result = linearizable(reticent).check(historyOf(hard), {
      budget: { timeMs: 1000, memoryBytes: 2 ** 28 },
      nowMs: () => nowMs++,
    });
    expect(result.validity).toBe("unknown");
    expect(result.reasons).toHaveLength(1);
    expect(result.reasons[0]?.code).toBe("budget-time");
    expect(result.reasons[0]?.message).toMatch(
      /^no verdict within 1\.0 s: placed 0 of 15 completions, operations open there: 15, [\d,]+ configurations seen$/,
    );
  });

  test("of memory likewise", () => {
    const result = linearizable(reticent).check(historyOf(hard), {
      budget: { timeMs: 60_000, memoryBytes: 20_000 },
      nowMs: () => 0,
    });
    expect(result.reasons.map(({ code }) => code)).toEqual(["budget-memory"]);
    expect(result.validity).toBe("unknown");
    expect(result.reasons[0]?.hint).toContain("raise the memory budget");
  });

  test("of configurations likewise, for each object, in whatever turn", () => {
    const two = ["a", "b"].flatMap((key, n) =>
      hard.map((event): BareEvent => ({ ...event, key, process: Number(event.process) + 100 * n })),
    );
    const result = linearizable(reticent).check(historyOf(two), {
      budget: { timeMs: 60_000, memoryBytes: 2 ** 28, configurations: 5 },
      nowMs: () => 0,
    });
    expect(result.validity).toBe("unknown");
    expect(result.reasons.map(({ code }) => code)).toEqual([
      "budget-configurations",
      "budget-configurations",
    ]);
  });

  test("of configurations likewise, to the last one", () => {
    const within = (configurations: number) =>
      linearizable(reticent).check(historyOf(hard), {
        budget: { timeMs: 60_000, memoryBytes: 2 ** 28, configurations },
        nowMs: () => 0,
      });
    const result = within(1000);
    expect(result.reasons.map(({ code }) => code)).toEqual(["budget-configurations"]);
    expect(result.reasons[0]?.message).toMatch(
      /no verdict within 1,000 configurations: .* 1,000 configurations seen$/,
    );
    expect(result.reasons[0]?.hint).toMatch(
      /^raise the budget of configurations \(now 1,000 configurations\), /,
    );
    expect(within(1_000_000).validity).toBe("invalid");
  });

  test("that suffices for one key but not for others names them, a few by name", () => {
    const easy = drawn("90  |-w1@easy-|  |-r2@easy-|");
    const many = Array.from({ length: 8 }, (_, n) =>
      hard.map(
        (event): BareEvent => ({ ...event, key: `k${n}`, process: Number(event.process) + 100 * (n + 1) }),
      ),
    );
    const result = linearizable(reticent, { allKeys: true, special: false }).check(
      historyOf([...easy, ...many.flat()]),
      {
        budget: { timeMs: 60_000, memoryBytes: 20_000 },
        nowMs: () => 0,
      },
    );
    expect(result.validity).toBe("invalid");
    expect(result.anomalies.map(({ key }) => key)).toEqual(["easy"]);
    expect(result.reasons).toHaveLength(6);
    expect(result.reasons[0]?.message).toMatch(/^key k0: no verdict within 0\.0 MiB/);
    expect(result.reasons[5]?.message).toBe("3 more keys without a verdict, the smallest of them k5");
  });

  test("is not starved by one hard key", () => {
    let nowMs = 0;
    const small = hard.map((event): BareEvent => ({ ...event, key: "hard" }));
    const long = drawn(`900 ${"  |-w1@easy-|  |-r1@easy-|".repeat(20)}  |-r2@easy-|`);
    const result = linearizable(reticent, { allKeys: true, special: false }).check(
      historyOf([...small, ...long]),
      {
        budget: { timeMs: 60, memoryBytes: 2 ** 28 },
        nowMs: () => nowMs++,
      },
    );
    expect(result.anomalies.map(({ key }) => key)).toEqual(["easy"]);
    expect(result.reasons.map(({ code }) => code)).toEqual(["budget-time"]);
  });
});

test("a history without any event says nothing", () => {
  const result = checkEvents([], register());
  expect(result.validity).toBe("unknown");
  expect(result.reasons.map(({ code }) => code)).toEqual(["empty-history"]);
});

test("one in which nothing succeeded has an order by the definition; whether that shows anything is asked elsewhere", () => {
  for (const drawing of ["nemesis  |-w1-|", "0  |-r1-x  |-w1-x", "0  |-w1-?"]) {
    expect(checkEvents(drawn(drawing), register()).validity).toBe("valid");
  }
});

describe("operations that the model does not know", () => {
  const errorOf = (drawing: string, model: Model, change = (event: BareEvent) => event) => {
    try {
      checkEvents(drawn(drawing).map(change), model);
    } catch (error) {
      if (error instanceof UsageError) return `${error.code}: ${error.message}`;
      throw error;
    }
    return "no error";
  };

  test("are an error of usage that names the operation", () => {
    expect(errorOf("3  |-w1-|  |-c1:2-|", register())).toMatchInlineSnapshot(
      `"history-does-not-fit-model: the operation of event 2 (process 3) does not fit model register: expected one of the operations read, write, found cas [1,2] → [1,2]"`,
    );
  });

  test("so are values that do not fit", () => {
    const spoil = (event: BareEvent) => (event.f === "cas" ? { ...event, value: 5 } : event);
    expect(errorOf("3  |-w1-|  |-c1:2-|", casRegister(), spoil)).toMatchInlineSnapshot(
      `"history-does-not-fit-model: the operation of event 2 (process 3) does not fit model cas-register: expected a pair [from, to] as the value of cas, found cas 5 → 5"`,
    );
  });
});

test("a model may be a plain object with only the required members", () => {
  const counter: Model<number> = {
    name: "counter",
    object: "counter",
    operations: { add: {}, read: {} },
    partition: "whole",
    init: 0,
    step(state, { f, input, output }) {
      if (f === "add") return { state: state + Number(input) };
      return state === output ? { state } : { rejected: `the counter is ${state}` };
    },
  };
  const events = (seen: number): BareEvent[] => [
    { type: "invoke", process: 0, f: "add", value: 1 },
    { type: "ok", process: 0, f: "add", value: 1 },
    { type: "invoke", process: 1, f: "add", value: 2 },
    { type: "info", process: 1, f: "add", value: 2 },
    { type: "invoke", process: 0, f: "read", value: null },
    { type: "ok", process: 0, f: "read", value: seen },
  ];
  expect([0, 1, 2, 3].map((seen) => checkEvents(events(seen), counter).validity)).toEqual([
    "invalid",
    "valid",
    "invalid",
    "valid",
  ]);
  expect(checkEvents(events(2), counter).anomalies[0]?.operations).toEqual([0, 2, 4]);
});

test("a model that calls an operation pure though it changes the state is found out", () => {
  const wrong: Model = { ...register(), isPure: () => true };
  expect(() => checkEvents(drawn("0  |-w1-|"), wrong)).toThrow(/calls write 1 pure/);
});

test("a model that says of an operation that it overwrites everything, though it does not, is found out", () => {
  const honest = register({ init: 0 });
  const adding: Model = {
    ...honest,
    step: (state, { f, input }) => ({ state: f === "write" ? [state, input] : state }),
  };
  const refusing: Model = {
    ...honest,
    step: (state, { f }) => (f === "write" ? { rejected: "full" } : { state }),
  };
  const says = "says of write 1 that it succeeds in any state and leaves 1, but in the state 0 it";
  expect(() => checkEvents(drawn("0  |-w1-|"), adding)).toThrow(`${says} leaves [0,1]`);
  expect(() => checkEvents(drawn("0  |-w1-|"), refusing)).toThrow(`${says} is rejected: full`);
});
