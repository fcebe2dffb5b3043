import { expect, test } from "vitest";
import { NS_PER_MS, Random, RealClock, VirtualClock } from "../../harness/clock/index.ts";
import { DelayQueue } from "./delay-queue.ts";

test("what has no delay runs at once", () => {
  const ran: string[] = [];
  new DelayQueue(new VirtualClock()).after(0, () => ran.push("now"));
  expect(ran).toEqual(["now"]);
});

test("callbacks run in the order of their instants, ties as they came, whatever the order of asking", async () => {
  const clock = new VirtualClock();
  const queue = new DelayQueue(clock);
  const random = new Random(1);
  const delaysMs = Array.from({ length: 300 }, () => random.between(1, 40));
  const ran: [number, number][] = [];
  delaysMs.forEach((delayMs, ordinal) => {
    queue.after(delayMs * NS_PER_MS, () => ran.push([delayMs, ordinal]));
  });
  await clock.sleep(50 * NS_PER_MS);
  expect(ran).toEqual(
    delaysMs
      .map((delayMs, ordinal) => [delayMs, ordinal])
      .sort(([a = 0, i = 0], [b = 0, j = 0]) => a - b || i - j),
  );
  await queue.stop();
});

test("what is asked for later and is due earlier is not kept waiting", async () => {
  const clock = new VirtualClock();
  const queue = new DelayQueue(clock);
  const ran: string[] = [];
  const note = (what: string) => () => ran.push(`${what} at ${clock.nowNs() / NS_PER_MS} ms`);
  queue.after(20 * NS_PER_MS, note("late"));
  await clock.sleep(5 * NS_PER_MS);
  queue.after(3 * NS_PER_MS, note("early"));
  await clock.sleep(30 * NS_PER_MS);
  expect(ran).toEqual(["early at 8 ms", "late at 20 ms"]);
  await queue.stop();
});

test("a stop forgets what waits, and what comes after it", async () => {
  const clock = new RealClock();
  const queue = new DelayQueue(clock);
  const ran: string[] = [];
  queue.after(NS_PER_MS, () => ran.push("waited"));
  await queue.stop();
  queue.after(NS_PER_MS, () => ran.push("came late"));
  await clock.sleep(5 * NS_PER_MS);
  expect({ ran, size: queue.size }).toEqual({ ran: [], size: 0 });
});
