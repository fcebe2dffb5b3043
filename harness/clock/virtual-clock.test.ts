import { describe, expect, test } from "vitest";
import { Wakeup } from "./clock.ts";
import { Random } from "./random.ts";
import { VirtualClock } from "./virtual-clock.ts";

describe("VirtualClock", () => {
  test("stands still until somebody waits, and then jumps", async () => {
    const clock = new VirtualClock();
    expect(clock.nowNs()).toBe(0);
    await clock.wait(new Wakeup(), 5_000_000_000);
    expect(clock.nowNs()).toBe(5_000_000_000);
  });

  test("never goes back", async () => {
    const clock = new VirtualClock();
    await clock.wait(new Wakeup(), 100);
    await clock.wait(new Wakeup(), 50);
    expect(clock.nowNs()).toBe(100);
  });

  test("runs callbacks in order of their instants, ties in the order of scheduling", async () => {
    const clock = new VirtualClock();
    const random = new Random(3);
    const delays = Array.from({ length: 500 }, () => random.int(50));
    const ran: { delay: number; order: number; now: number }[] = [];
    delays.forEach((delay, order) => {
      clock.schedule(delay, () => ran.push({ delay, order, now: clock.nowNs() }));
    });
    await clock.wait(new Wakeup(), 1000);
    const expected = delays
      .map((delay, order) => ({ delay, order, now: delay }))
      .sort((a, b) => a.delay - b.delay || a.order - b.order);
    expect(ran).toEqual(expected);
  });

  test("runs what is due at the very instant that is waited for, and nothing later", async () => {
    const clock = new VirtualClock();
    const ran: number[] = [];
    for (const delay of [10, 11]) clock.schedule(delay, () => ran.push(delay));
    await clock.wait(new Wakeup(), 10);
    expect(ran).toEqual([10]);
  });

  test("does not run what was cancelled, even by a callback of the same instant", async () => {
    const clock = new VirtualClock();
    const ran: string[] = [];
    clock.schedule(5, () => victim.cancel());
    const victim = clock.schedule(5, () => ran.push("victim"));
    clock.schedule(5, () => ran.push("bystander"));
    await clock.wait(new Wakeup(), 10);
    expect(ran).toEqual(["bystander"]);
  });

  test("a callback may schedule at its own instant", async () => {
    const clock = new VirtualClock();
    const ran: number[] = [];
    clock.schedule(5, () => clock.schedule(0, () => ran.push(clock.nowNs())));
    await clock.wait(new Wakeup(), 10);
    expect(ran).toEqual([5]);
  });

  test("lets every promise reaction run before the next callback", async () => {
    const clock = new VirtualClock();
    const story: string[] = [];
    const { promise, resolve } = clock.deferred<string>();
    const client = (async () => {
      story.push(await promise);
      await Promise.resolve();
      story.push("a reaction to a reaction");
    })();
    clock.schedule(5, () => resolve("answered"));
    clock.schedule(5, () => story.push("the next callback"));
    await clock.wait(new Wakeup(), 10);
    await client;
    expect(story).toEqual(["answered", "a reaction to a reaction", "the next callback"]);
  });

  test("a rejected deferred lets its reactions run likewise", async () => {
    const clock = new VirtualClock();
    const story: string[] = [];
    const { promise, reject } = clock.deferred<void>();
    const client = promise.catch((error: Error) => story.push(error.message));
    clock.schedule(5, () => reject(new Error("refused")));
    clock.schedule(5, () => story.push("the next callback"));
    await clock.wait(new Wakeup(), 10);
    await client;
    expect(story).toEqual(["refused", "the next callback"]);
  });

  test("sleepers wake in simulated time, in order", async () => {
    const clock = new VirtualClock();
    const woken: string[] = [];
    const sleepers = [30, 10, 20].map(async (delay) => {
      await clock.sleep(delay);
      woken.push(`${delay} at ${clock.nowNs()}`);
    });
    await clock.wait(new Wakeup(), 100);
    await Promise.all(sleepers);
    expect(woken).toEqual(["10 at 10", "20 at 20", "30 at 30"]);
  });

  test("a wait ends when it is woken, at that instant, and takes the wake-up", async () => {
    const clock = new VirtualClock();
    const wakeup = new Wakeup();
    clock.schedule(7, () => wakeup.wake());
    await clock.wait(wakeup, 100);
    expect(clock.nowNs()).toBe(7);
    expect(wakeup.woken).toBe(false);
  });

  test("a wait ends when a promise of the simulated world leads to the wake-up", async () => {
    const clock = new VirtualClock();
    const wakeup = new Wakeup();
    const client = clock.sleep(7).then(() => wakeup.wake());
    await clock.wait(wakeup, Infinity);
    await client;
    expect(clock.nowNs()).toBe(7);
  });

  test("does not wait at all when it was woken before", async () => {
    const clock = new VirtualClock();
    const wakeup = new Wakeup();
    wakeup.wake();
    await clock.wait(wakeup, 100);
    expect(clock.nowNs()).toBe(0);
  });

  test("says so when it would wait for ever", async () => {
    await expect(new VirtualClock().wait(new Wakeup(), Infinity)).rejects.toThrow("waits for ever");
  });

  test.each([-1, 0.5, Number.NaN, Infinity])("refuses %d as a delay", (delayNs) => {
    expect(() => new VirtualClock().schedule(delayNs, () => undefined)).toThrow(
      "a delay is a whole number of ns",
    );
  });
});

describe("Wakeup", () => {
  test("many wakes are one", () => {
    const wakeup = new Wakeup();
    wakeup.wake();
    wakeup.wake();
    expect([wakeup.take(), wakeup.take()]).toEqual([true, false]);
  });

  test("a withdrawn callback is not called, and does not withdraw its successor", () => {
    const wakeup = new Wakeup();
    const called: string[] = [];
    const withdraw = wakeup.onWake(() => called.push("first"));
    wakeup.onWake(() => called.push("second"));
    withdraw();
    wakeup.wake();
    expect(called).toEqual(["second"]);
  });
});
