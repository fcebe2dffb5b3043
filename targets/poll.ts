import { type Clock, NS_PER_MS } from "../harness/clock/index.ts";

/** Asks again and again until the answer is yes; false when `timeoutMs` have passed without one. */
export async function pollUntil(
  clock: Clock,
  { timeoutMs, everyMs }: { timeoutMs: number; everyMs: number },
  probe: () => Promise<boolean>,
): Promise<boolean> {
  const untilNs = clock.nowNs() + timeoutMs * NS_PER_MS;
  for (;;) {
    if (await probe()) return true;
    if (clock.nowNs() >= untilNs) return false;
    await clock.sleep(everyMs * NS_PER_MS);
  }
}
