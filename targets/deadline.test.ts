import { expect, test } from "vitest";
import { NS_PER_S, RealClock, VirtualClock, Wakeup } from "../harness/clock/index.ts";
import { withDeadline } from "./deadline.ts";

/** A task that ends only by its signal. */
const hanging = (signal: AbortSignal) =>
  new Promise<never>((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error));
  });

test("a task that hangs is given up at its deadline", async () => {
  const clock = new RealClock();
  await expect(withDeadline({ clock, timeoutMs: 20 }, hanging)).rejects.toMatchObject({
    name: "TimeoutError",
    message: "no answer within 0.02 s",
  });
});

test("a task that ends in time gives its value, and leaves no timer behind", async () => {
  const clock = new VirtualClock();
  expect(await withDeadline({ clock, timeoutMs: 1_000 }, async () => 7)).toBe(7);
  expect(clock.nowNs()).toBe(0);
  await clock.wait(new Wakeup(), NS_PER_S);
  expect(clock.nowNs()).toBe(NS_PER_S);
});

test("the signal of the caller ends it as well", async () => {
  const controller = new AbortController();
  const answer = withDeadline(
    { clock: new RealClock(), timeoutMs: 3_600_000, signal: controller.signal },
    hanging,
  );
  controller.abort(new Error("interrupted"));
  await expect(answer).rejects.toThrow("interrupted");
});
