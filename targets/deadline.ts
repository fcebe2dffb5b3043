import { type Clock, NS_PER_MS, Wakeup } from "../harness/clock/index.ts";

/**
 * Runs a task whose signal aborts when `timeoutMs` have passed, or with `signal`. Unlike `AbortSignal.timeout`, it
 * goes by the clock it is given, and keeps the process alive meanwhile: a request that hangs on a connection that is
 * gone keeps nothing alive, and Node would leave in the middle of the wait.
 */
export async function withDeadline<T>(
  { clock, timeoutMs, signal }: { clock: Clock; timeoutMs: number; signal?: AbortSignal },
  task: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const done = new Wakeup();
  const timer = clock.wait(done, clock.nowNs() + timeoutMs * NS_PER_MS).then(() => {
    controller.abort(new DOMException(`no answer within ${timeoutMs / 1000} s`, "TimeoutError"));
  });
  try {
    return await task(
      signal === undefined ? controller.signal : AbortSignal.any([signal, controller.signal]),
    );
  } finally {
    done.wake();
    await timer;
  }
}
