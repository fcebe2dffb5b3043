import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { NS_PER_MS, NS_PER_S } from "../harness/clock/index.ts";
import { Random } from "../harness/clock/random.ts";
import type { FaultSchedule } from "../harness/ports/index.ts";
import { faults, parseFaultRequests, planSchedule } from "./index.ts";

interface Wanted {
  readonly kinds: readonly string[];
  readonly nodeCount: number;
  readonly seed: number;
  readonly timeLimitNs: number;
  readonly afterNs: number;
  readonly untilNs?: number;
  readonly intervalNs: number;
}

const usual: Wanted = {
  kinds: ["partition", "kill", "pause"],
  nodeCount: 5,
  seed: 1,
  timeLimitNs: 20 * NS_PER_S,
  afterNs: 2 * NS_PER_S,
  intervalNs: 2 * NS_PER_S,
};

function scheduleOf(given: Partial<Wanted>): FaultSchedule {
  const { kinds, nodeCount, seed, ...times } = { ...usual, ...given };
  return planSchedule({
    requests: parseFaultRequests(kinds.join(","), faults, nodeCount),
    nodes: Array.from({ length: nodeCount }, (_, i) => `n${i + 1}`),
    random: new Random(seed),
    ...times,
  });
}

/**
 * The faults of a schedule, each from its injection to its undo; `Infinity` where the final heal takes it back, the
 * injection where it is over in a moment.
 */
function lifetimes(schedule: FaultSchedule) {
  return schedule
    .filter(({ f, value }) => f === value.kind)
    .map(({ timeNs: startNs, value: { fault, kind, momentary } }) => {
      const undo = schedule.find(({ f, value }) => f !== kind && value.fault === fault);
      expect(momentary === true && undo !== undefined, "an undo of what is over").toBe(false);
      const endNs = momentary ? startNs : (undo?.timeNs ?? Number.POSITIVE_INFINITY);
      return { fault, kind, startNs, endNs };
    });
}

const wanted: fc.Arbitrary<Wanted> = fc.record({
  kinds: fc.subarray(["partition", "kill", "pause", "clock", "membership", "leadership"], { minLength: 1 }),
  nodeCount: fc.integer({ min: 2, max: 9 }),
  seed: fc.nat(1_000_000),
  timeLimitNs: fc.integer({ min: 0, max: 60 * NS_PER_S }),
  afterNs: fc.integer({ min: 0, max: 70 * NS_PER_S }),
  intervalNs: fc.integer({ min: 50 * NS_PER_MS, max: 90 * NS_PER_S }),
});

describe("a schedule", () => {
  test.prop([wanted])("is in order of time, in whole nanoseconds", (given) => {
    const times = scheduleOf(given).map(({ timeNs }) => timeNs);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times.every(Number.isSafeInteger)).toBe(true);
  });

  test.prop([wanted])("is the same for the same seed", (given) => {
    expect(scheduleOf(given)).toEqual(scheduleOf(given));
  });

  test.prop([wanted])(
    "has nothing before its start, and nothing at the end of the load or after",
    (given) => {
      for (const { timeNs } of scheduleOf(given)) {
        expect(timeNs).toBeGreaterThanOrEqual(given.afterNs);
        expect(timeNs).toBeLessThan(given.timeLimitNs);
      }
    },
  );

  test.prop([wanted])("numbers its faults from 0, in order of their injections", (given) => {
    const numbers = lifetimes(scheduleOf(given)).map(({ fault }) => fault);
    expect(numbers).toEqual(numbers.map((_, position) => position));
  });

  test.prop([wanted])("undoes a fault once at most, after its injection, with the same value", (given) => {
    const schedule = scheduleOf(given);
    const injections = new Map<number, FaultSchedule[number]>();
    const undone = new Set<number>();
    for (const step of schedule) {
      const { fault, kind } = step.value;
      if (step.f === kind) {
        injections.set(fault, step);
        continue;
      }
      expect(step.f).toBe(faults[kind]?.undo);
      expect(step.value).toEqual(injections.get(fault)?.value);
      expect(undone.has(fault)).toBe(false);
      undone.add(fault);
    }
  });

  test.prop([wanted])("leaves to the final heal only what would outlast the load", (given) => {
    for (const { kind, startNs, endNs } of lifetimes(scheduleOf(given))) {
      if (faults[kind]?.momentary) {
        expect(endNs).toBe(startNs);
      } else if (endNs === Number.POSITIVE_INFINITY) {
        expect(startNs + 1.5 * given.intervalNs + 1).toBeGreaterThanOrEqual(given.timeLimitNs);
      } else {
        expect(endNs - startNs).toBeGreaterThanOrEqual(0.5 * given.intervalNs - 1);
        expect(endNs - startNs).toBeLessThanOrEqual(1.5 * given.intervalNs + 1);
      }
    }
  });

  test.prop([wanted])("never has two faults of one kind in force", (given) => {
    const endOfKind = new Map<string, number>();
    for (const { kind, startNs, endNs } of lifetimes(scheduleOf(given))) {
      expect(startNs).toBeGreaterThan(endOfKind.get(kind) ?? -1);
      endOfKind.set(kind, endNs);
    }
  });

  test.prop([wanted])("has every kind where the time leaves room for a round", (given) => {
    const { kinds, intervalNs, afterNs } = given;
    // A fault lasts 1.5 intervals at most, and the quiet after it 1.
    const timeLimitNs = afterNs + Math.ceil(2.5 * kinds.length * intervalNs) + kinds.length;
    const injected = new Set(scheduleOf({ ...given, timeLimitNs }).map(({ value }) => value.kind));
    expect([...injected].toSorted()).toEqual(kinds.toSorted());
  });

  test("has faults of different kinds in force together, now and then", () => {
    const together = Array.from({ length: 50 }, (_, seed) => lifetimes(scheduleOf({ seed }))).filter((all) =>
      all.some(({ startNs }, i) => all.slice(0, i).some(({ endNs }) => endNs > startNs)),
    );
    expect(together.length).toBeGreaterThan(10);
    expect(together.length).toBeLessThan(50);
  });

  test("for one seed, as data", () => {
    const schedule = scheduleOf({ kinds: ["partition:one", "kill:one"], nodeCount: 3, timeLimitNs: 6e9 });
    expect(
      schedule.map(({ timeNs, f, value }) => `${timeNs} ${f} ${JSON.stringify(value)}`),
    ).toMatchInlineSnapshot(`
      [
        "2000000000 partition {"fault":0,"kind":"partition","plan":{"drops":{"n2":["n1","n3"],"n1":["n2"],"n3":["n2"]}}}",
        "3307904431 heal {"fault":0,"kind":"partition","plan":{"drops":{"n2":["n1","n3"],"n1":["n2"],"n3":["n2"]}}}",
        "3553291684 kill {"fault":1,"kind":"kill","plan":{"variant":"one","nodes":["n3"]}}",
        "4820591096 restart {"fault":1,"kind":"kill","plan":{"variant":"one","nodes":["n3"]}}",
        "5551716111 partition {"fault":2,"kind":"partition","plan":{"drops":{"n1":["n2","n3"],"n2":["n1"],"n3":["n1"]}}}",
      ]
    `);
  });
});

describe("at the extremes", () => {
  test("what is over in a moment has no undo, has its time to itself, and says so", () => {
    const schedule = scheduleOf({ kinds: ["leadership"] });
    expect(schedule.length).toBeGreaterThan(3);
    for (const [i, { timeNs, f, value }] of schedule.entries()) {
      expect([f, value.momentary]).toEqual(["leadership", true]);
      const before = schedule[i - 1];
      if (before !== undefined) expect(timeNs - before.timeNs).toBeGreaterThanOrEqual(usual.intervalNs / 2);
    }
  });

  test("what lasts does not say so", () => {
    for (const { value } of scheduleOf({})) expect(value).not.toHaveProperty("momentary");
  });

  test("no fault asked for: no step", () => {
    expect(scheduleOf({ kinds: [] })).toEqual([]);
  });

  test("a load that ends before the first fault may strike: no step", () => {
    expect(scheduleOf({ timeLimitNs: usual.afterNs })).toEqual([]);
    expect(scheduleOf({ timeLimitNs: 0, afterNs: 0 })).toEqual([]);
  });

  test.prop([wanted, fc.double({ min: 0, max: 1, noNaN: true })])(
    "is over when it is to be, with everything taken back that lasts, and before that as without an end",
    (given, part) => {
      const untilNs = Math.floor(part * given.timeLimitNs);
      const schedule = scheduleOf({ ...given, untilNs });
      const lasting = schedule.filter(({ value }) => value.momentary !== true);
      expect(schedule.every(({ timeNs }) => timeNs <= untilNs)).toBe(true);
      if (untilNs < given.timeLimitNs) {
        const timesOf = new Map<number, number>();
        for (const { value } of lasting) timesOf.set(value.fault, (timesOf.get(value.fault) ?? 0) + 1);
        expect([...timesOf.values()].every((count) => count === 2)).toBe(true);
      }
      const before = scheduleOf(given).filter(({ timeNs }) => timeNs < untilNs);
      expect(schedule.filter(({ timeNs }) => timeNs < untilNs)).toEqual(before);
    },
  );

  test("an interval far longer than the load: one fault, which the final heal takes back", () => {
    const schedule = scheduleOf({ kinds: ["kill"], intervalNs: 3600 * NS_PER_S });
    expect(schedule.map(({ timeNs, f }) => [timeNs, f])).toEqual([[usual.afterNs, "kill"]]);
  });

  test.each([0, 1, 1_000])("an interval of %i ns is refused and not planned for ever", (intervalNs) => {
    expect(() => scheduleOf({ intervalNs })).toThrow(
      expect.objectContaining({ name: "UsageError", code: "too-many-faults" }),
    );
  });

  test("the refusal says with numbers what does not fit", () => {
    expect(() => scheduleOf({ intervalNs: 1 })).toThrowErrorMatchingInlineSnapshot(
      `[UsageError: faults that last 0.000001 ms on average come up more than 100000 times in a load of 20.000 s]`,
    );
  });

  test.each([0, 1, 7])("an interval of %i ns in a load of 1 µs keeps every rule", (intervalNs) => {
    const schedule = scheduleOf({ intervalNs, afterNs: 0, timeLimitNs: 1_000 });
    const ends = new Map<string, number>();
    for (const { kind, startNs, endNs } of lifetimes(schedule)) {
      expect(startNs).toBeGreaterThan(ends.get(kind) ?? -1);
      ends.set(kind, endNs);
    }
    expect(ends.size).toBe(3);
  });
});
