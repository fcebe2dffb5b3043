import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { any } from "./any.ts";
import { delay } from "./delay.ts";
import { fromFunction } from "./from-function.ts";
import { nothing } from "./nothing.ts";
import { clientsAndNemesis, onThreads } from "./on-threads.ts";
import { operation } from "./operation.ts";
import { repeat } from "./repeat.ts";
import { schedule } from "./schedule.ts";
import { sequence } from "./sequence.ts";
import { sleep } from "./sleep.ts";
import { stagger } from "./stagger.ts";
import { invocations, names, simulated } from "./testing/invocations.ts";
import { timeLimit } from "./time-limit.ts";
import { until } from "./until.ts";

const op = (f: string) => operation({ f });
const forEver = repeat(op("a"));
const times = (generator: Parameters<typeof invocations>[0], options = {}) =>
  invocations(generator, options).map(({ timeNs }) => timeNs);
const latency = (latencyNs: number) => ({ complete: () => ({ type: "ok" as const, latencyNs }) });

describe("timeLimit", () => {
  it("starts nothing at or after the end", () => {
    expect(times(timeLimit(50, forEver))).toEqual([0, 10, 20, 30, 40]);
    expect(times(timeLimit(51, forEver))).toEqual([0, 10, 20, 30, 40, 50]);
    expect(times(timeLimit(0, forEver))).toEqual([]);
  });

  it("counts from its first operation", () => {
    expect(times(sequence(sleep(1_000), timeLimit(25, forEver)))).toEqual([1_000, 1_010, 1_020]);
  });

  it("lets the operations complete that are under way", () => {
    const events = simulated(timeLimit(50, forEver), latency(80));
    expect(events.map(({ type, timeNs }) => `${type} ${timeNs}`)).toEqual(["invoke 0", "ok 80"]);
  });

  it("nested, ends with whichever ends first", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 200 }), (outer, inner) => {
        const nested = simulated(timeLimit(outer, timeLimit(inner, forEver)), { concurrency: 2 });
        expect(nested).toEqual(simulated(timeLimit(Math.min(outer, inner), forEver), { concurrency: 2 }));
      }),
    );
  });

  it("does not end early because a fault is due after the end while all clients are busy", () => {
    const faults = schedule([{ timeNs: 500, f: "kill", value: null }]);
    const events = invocations(timeLimit(100, clientsAndNemesis(forEver, faults)), { nemesis: true });
    expect(names(events)).toEqual(Array.from({ length: 10 }, () => "a"));
  });

  it("ends although one thread is busy for ever, as long as another asks", () => {
    const oneHangs = ({ process }: { process: unknown }) => ({
      type: "ok" as const,
      latencyNs: process === 0 ? Infinity : 10,
    });
    const events = simulated(timeLimit(100, forEver), { concurrency: 2, complete: oneHangs });
    expect(events.filter(({ process, type }) => process === 0 && type === "ok")).toEqual([]);
    expect(Math.max(...events.map(({ timeNs }) => timeNs))).toBe(100);
  });

  it("without an end changes nothing; of nothing it is done", () => {
    expect(times(timeLimit(Infinity, repeat(3, op("a"))))).toEqual([0, 10, 20]);
    expect(times(timeLimit(10, nothing))).toEqual([]);
    expect(() => timeLimit(-1, forEver)).toThrow("timeLimit takes a finite duration");
  });
});

describe("until", () => {
  it("ends when the world outside says so", () => {
    let asked = 0;
    const generator = until(
      () => asked >= 3,
      fromFunction(() => ({ f: "a", value: asked++ })),
    );
    expect(invocations(generator)).toHaveLength(3);
  });
});

describe("stagger", () => {
  it("has intervals between 0 and twice the mean, with that mean, over all threads together", () => {
    const at = times(stagger(1_000, repeat(5_000, op("a"))), { concurrency: 5 });
    const gaps = at.slice(1).map((timeNs, index) => timeNs - (at[index] as number));
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    expect(Math.abs(mean - 1_000)).toBeLessThan(45);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(0);
    expect(Math.min(...gaps)).toBeLessThan(20);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(2_000);
    expect(Math.max(...gaps)).toBeGreaterThan(1_980);
  });

  it("starts at once and keeps its mean while others cause it to be asked again and again", () => {
    const staggered = onThreads((thread) => thread === 0, stagger(1_000, repeat(2_000, op("a"))));
    const others = onThreads((thread) => thread !== 0, timeLimit(3_000_000, repeat(op("b"))));
    const events = invocations(any(staggered, others), { concurrency: 3, ...latency(100) });
    const at = events.filter(({ f }) => f === "a").map(({ timeNs }) => timeNs);
    // An interval is drawn anew below the 100 ns for which the one thread is busy: 0 … 100 become 100.
    const expectedNs = 1_000 + 100 ** 2 / 2 / 2_000;
    expect(at[0]).toBe(0);
    expect(Math.abs((at.at(-1) as number) / (at.length - 1) - expectedNs)).toBeLessThan(70);
  });

  it("makes up for nothing once it could not keep up", () => {
    const firstIsSlow = (_: unknown, __: unknown, ordinal: number) => ({
      type: "ok" as const,
      latencyNs: ordinal === 0 ? 50_000 : 1,
    });
    const at = times(stagger(100, repeat(300, op("a"))), { complete: firstIsSlow });
    expect(at[1]).toBe(50_000);
    expect(Math.abs((at.at(-1) as number) - 50_000 - 298 * 100)).toBeLessThan(5_000);
  });

  it("with a mean of 0 changes nothing", () => {
    expect(times(stagger(0, repeat(3, op("a"))))).toEqual([0, 10, 20]);
  });
});

describe("delay", () => {
  it("has exact intervals over all threads together", () => {
    expect(times(delay(25, repeat(5, op("a"))), { concurrency: 3 })).toEqual([0, 25, 50, 75, 100]);
  });

  it("catches up when it is behind", () => {
    const firstIsSlow = (_: unknown, __: unknown, ordinal: number) => ({
      type: "ok" as const,
      latencyNs: ordinal === 0 ? 100 : 1,
    });
    expect(times(delay(25, repeat(8, op("a"))), { complete: firstIsSlow })).toEqual([
      0, 100, 101, 102, 103, 125, 150, 175,
    ]);
  });

  it("starts at whole nanoseconds and keeps a fractional rate", () => {
    expect(times(delay(10 / 3, repeat(7, op("a"))), { concurrency: 9 })).toEqual([0, 4, 7, 10, 14, 17, 20]);
  });
});

describe("schedule", () => {
  const steps = [
    { timeNs: 300, f: "heal", value: null },
    { timeNs: 100, f: "partition", value: ["n1"] },
    { timeNs: 900, f: "kill", value: ["n2"] },
  ];
  const faults = (events: ReturnType<typeof invocations>) =>
    events.filter(({ process }) => process === "nemesis").map(({ f, timeNs }) => `${f} ${timeNs}`);

  it("has every step at its time, in order of time, beside the load", () => {
    const load = timeLimit(2_000, forEver);
    const events = invocations(clientsAndNemesis(load, schedule(steps)), { nemesis: true, concurrency: 5 });
    expect(faults(events)).toEqual(["partition 100", "heal 300", "kill 900"]);
  });

  it("counts from its start", () => {
    const later = sequence(sleep(1_000), schedule(steps));
    const events = invocations(any(later), { nemesis: true, concurrency: 0 });
    expect(faults(events)).toEqual(["partition 1100", "heal 1300", "kill 1900"]);
  });

  it("leaves none out when the nemesis is late", () => {
    const events = invocations(schedule(steps), { nemesis: true, ...latency(500) });
    expect(faults(events)).toEqual(["partition 100", "heal 600", "kill 1100"]);
  });

  it("is done without steps and where the nemesis is not in view", () => {
    expect(invocations(schedule([]), { nemesis: true })).toEqual([]);
    expect(invocations(schedule(steps))).toEqual([]);
    expect(() => schedule([{ timeNs: -1, f: "kill", value: null }])).toThrow(
      "the step kill of a schedule takes a finite duration of at least 0 ns, not -1",
    );
  });
});
