import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { Wakeup } from "./clock.ts";
import { formatSeconds, NS_PER_MS, NS_PER_S } from "./duration.ts";
import { RealClock } from "./real-clock.ts";

describe("RealClock", () => {
  test("starts near zero, in whole nanoseconds, and never goes back", () => {
    const clock = new RealClock();
    let last = 0;
    for (let i = 0; i < 1000; i++) {
      const now = clock.nowNs();
      expect(Number.isSafeInteger(now)).toBe(true);
      expect(now).toBeGreaterThanOrEqual(last);
      last = now;
    }
  });

  test("time passes during a sleep", async () => {
    const clock = new RealClock();
    const before = clock.nowNs();
    await clock.sleep(2 * NS_PER_MS);
    expect(clock.nowNs()).toBeGreaterThan(before);
  });

  test("a wait ends at its instant when nobody wakes it", async () => {
    const clock = new RealClock();
    const before = clock.nowNs();
    await clock.wait(new Wakeup(), before + 2 * NS_PER_MS);
    const after = clock.nowNs();
    expect(after).toBeGreaterThan(before);
    await clock.wait(new Wakeup(), before);
    expect(clock.nowNs()).toBeGreaterThan(after);
  });

  test("a wait without an end is ended by a wake, which it takes", async () => {
    const clock = new RealClock();
    const wakeup = new Wakeup();
    const waker = clock.sleep(NS_PER_MS).then(() => wakeup.wake());
    await clock.wait(wakeup, Infinity);
    await waker;
    expect(wakeup.woken).toBe(false);
  });

  test("clients that answer at once do not starve input and output", async () => {
    const clock = new RealClock();
    const wakeup = new Wakeup();
    let arrived = false;
    const reading = readFile(fileURLToPath(import.meta.url)).then(() => {
      arrived = true;
    });
    while (!arrived) {
      wakeup.wake();
      await clock.wait(wakeup, Infinity);
    }
    await reading;
  });
});

test("instants are shown in seconds with milliseconds", () => {
  expect(formatSeconds(1.2036 * NS_PER_S)).toBe("1.204 s");
});
