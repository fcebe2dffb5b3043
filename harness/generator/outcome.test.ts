import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { any } from "./any.ts";
import { limit } from "./limit.ts";
import { nothing } from "./nothing.ts";
import { clients } from "./on-threads.ts";
import { operation } from "./operation.ts";
import { processLimit } from "./process-limit.ts";
import { repeat } from "./repeat.ts";
import { sequence } from "./sequence.ts";
import { imperfect, perfectInfo } from "./simulated-completions.ts";
import { sleep } from "./sleep.ts";
import { invocations, names, simulated } from "./testing/invocations.ts";
import { timeLimit } from "./time-limit.ts";
import { untilOk } from "./until-ok.ts";

const op = (f: string) => operation({ f });

describe("untilOk", () => {
  it("tries until one of its operations succeeds", () => {
    const events = simulated(untilOk(repeat(op("a"))), { complete: imperfect });
    expect(events.map(({ type }) => type).join(" ")).toBe("invoke fail invoke info invoke ok");
  });

  it("starts nothing after its first ok", () => {
    fc.assert(
      fc.property(fc.nat(1_000), fc.integer({ min: 1, max: 8 }), (seed, concurrency) => {
        const events = simulated(untilOk(repeat(op("a"))), {
          seed,
          concurrency,
          complete: (_, random) => ({
            type: random.pick(["ok", "fail", "info", "fail"]),
            latencyNs: 1 + random.int(100),
          }),
        });
        const firstOk = events.findIndex(({ type }) => type === "ok");
        expect(firstOk).toBeGreaterThan(0);
        expect(events.slice(firstOk).some(({ type }) => type === "invoke")).toBe(false);
      }),
    );
  });

  it("does not take the success of another's operation for its own, on the same thread", () => {
    fc.assert(
      fc.property(fc.nat(1_000), fc.integer({ min: 1, max: 3 }), (seed, concurrency) => {
        const elections = untilOk(limit(3, repeat(op("elect"))));
        const events = invocations(any(elections, repeat(30, op("read"))), {
          seed,
          concurrency,
          complete: ({ f }) => ({ type: f === "read" ? "ok" : "fail", latencyNs: 10 }),
        });
        expect(names(events).filter((f) => f === "elect")).toHaveLength(3);
      }),
    );
  });

  it("does not take what comes after its sleep for its own", () => {
    fc.assert(
      fc.property(fc.nat(1_000), (seed) => {
        const sleeper = untilOk(sequence(sleep(5), sleep(50), op("elect")));
        const events = invocations(any(sleeper, repeat(30, op("read"))), { seed });
        expect(names(events).filter((f) => f === "elect")).toHaveLength(1);
      }),
    );
  });

  it("goes on after an invocation: its generator hears of that too", () => {
    const nested = untilOk(untilOk(repeat(op("a"))));
    expect(invocations(nested, { complete: imperfect })).toHaveLength(3);
  });

  it("of what is exhausted is done", () => {
    expect(invocations(untilOk(nothing))).toEqual([]);
    expect(invocations(untilOk(repeat(2, op("a"))), { complete: perfectInfo })).toHaveLength(2);
  });
});

describe("processLimit", () => {
  const processes = (events: ReturnType<typeof invocations>) => new Set(events.map(({ process }) => process));

  it("lets at most so many processes take part", () => {
    fc.assert(
      fc.property(fc.nat(1_000), fc.integer({ min: 1, max: 8 }), fc.nat(30), (seed, concurrency, count) => {
        const events = invocations(processLimit(count, repeat(500, op("a"))), {
          seed,
          concurrency,
          complete: (_, random) => ({ type: random.pick(["ok", "info"]), latencyNs: 1 + random.int(9) }),
        });
        expect(processes(events).size).toBeLessThanOrEqual(count);
        if (count >= concurrency) expect(events.length).toBeGreaterThan(0);
      }),
    );
  });

  it("changes nothing while no process crashes", () => {
    expect(invocations(processLimit(3, repeat(50, op("a"))), { concurrency: 3 })).toHaveLength(50);
  });

  it("counts the processes in view, used or not: with more threads than that it is done at once", () => {
    expect(invocations(processLimit(2, repeat(50, op("a"))), { concurrency: 3 })).toEqual([]);
  });

  it("does not trickle out on the threads that have not crashed", () => {
    const oneCrashes = ({ process }: { process: unknown }) => ({
      type: process === 1 ? ("ok" as const) : ("info" as const),
      latencyNs: 10,
    });
    const events = invocations(timeLimit(10_000, processLimit(10, repeat(op("a")))), {
      concurrency: 2,
      complete: oneCrashes,
    });
    expect(events.at(-1)?.timeNs).toBe(80);
  });

  it("does not count the nemesis", () => {
    const events = invocations(processLimit(1, repeat(20, op("a"))), { concurrency: 1, nemesis: true });
    expect(events).toHaveLength(20);
    const none = processLimit(0, repeat(5, op("kill")));
    expect(invocations(none, { concurrency: 0, nemesis: true })).toHaveLength(5);
    expect(invocations(clients(none), { concurrency: 1, nemesis: true })).toEqual([]);
  });
});
