import { describe, expect, test } from "vitest";
import { Wakeup } from "../../harness/clock/clock.ts";
import { NS_PER_MS, NS_PER_S } from "../../harness/clock/duration.ts";
import { VirtualClock } from "../../harness/clock/virtual-clock.ts";
import { describeClock, NodeClock, RIGHT } from "./node-clock.ts";

function newClock() {
  const trueClock = new VirtualClock();
  const clock = new NodeClock(trueClock);
  const pass = (durationNs: number) => trueClock.wait(new Wakeup(), trueClock.nowNs() + durationNs);
  return { clock, trueClock, pass };
}

describe("the clock of a node", () => {
  test("shows true time until it is put wrong", async () => {
    const { clock, trueClock, pass } = newClock();
    await pass(1.5 * NS_PER_S);
    expect(clock.nowNs()).toBe(trueClock.nowNs());
    expect(clock.trueNs(7)).toBe(7);
    expect(describeClock(clock)).toBe("right");
  });

  test("jumps ahead or behind, also below zero, and stays off by so much", async () => {
    const { clock, pass } = newClock();
    await pass(NS_PER_S);
    clock.set({ offsetNs: -3 * NS_PER_S, rate: 1 });
    expect(clock.nowNs()).toBe(-2 * NS_PER_S);
    await pass(NS_PER_S);
    expect(clock.nowNs()).toBe(-NS_PER_S);
    expect(describeClock(clock)).toBe("3000 ms behind");
  });

  test("gains or loses by its rate from when that was set", async () => {
    const { clock, pass } = newClock();
    await pass(10 * NS_PER_S);
    clock.set({ offsetNs: 500 * NS_PER_MS, rate: 1.5 });
    expect(clock.nowNs()).toBe(10.5 * NS_PER_S);
    await pass(NS_PER_S);
    expect(clock.nowNs()).toBe(12 * NS_PER_S);
    expect(describeClock(clock)).toBe("1000 ms ahead, 1.5 times as fast");
  });

  test("has a monotonic side that keeps its speed and knows no jumps", async () => {
    const { clock, pass } = newClock();
    await pass(NS_PER_S);
    clock.set({ offsetNs: -3 * NS_PER_S, rate: 2 });
    expect(clock.monotonicNs()).toBe(NS_PER_S);
    await pass(NS_PER_S);
    clock.set(RIGHT);
    expect(clock.monotonicNs()).toBe(3 * NS_PER_S);
    await pass(NS_PER_S);
    expect(clock.monotonicNs()).toBe(4 * NS_PER_S);
  });

  test("is off true time and not off what it showed before, when it is put wrong again", async () => {
    const { clock, trueClock, pass } = newClock();
    clock.set({ offsetNs: NS_PER_S, rate: 2 });
    await pass(5 * NS_PER_S);
    clock.set({ offsetNs: 1, rate: 1 });
    expect(clock.nowNs()).toBe(trueClock.nowNs() + 1);
    clock.set(RIGHT);
    expect(clock.nowNs()).toBe(trueClock.nowNs());
  });

  test("a duration takes less true time the faster it runs, and never none", () => {
    const { clock } = newClock();
    clock.set({ offsetNs: 0, rate: 2 });
    expect([clock.trueNs(10), clock.trueNs(1), clock.trueNs(0)]).toEqual([5, 1, 0]);
    clock.set({ offsetNs: 0, rate: 0.5 });
    expect(clock.trueNs(10)).toBe(20);
  });

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])("refuses %d as a rate", (rate) => {
    expect(() => newClock().clock.set({ offsetNs: 0, rate })).toThrow("a clock runs forward");
  });

  test("refuses to be off by less than a nanosecond", () => {
    expect(() => newClock().clock.set({ offsetNs: 0.5, rate: 1 })).toThrow("whole ns");
  });
});
