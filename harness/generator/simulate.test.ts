import { describe, expect, it } from "vitest";
import { delay } from "./delay.ts";
import { fromFunction } from "./from-function.ts";
import type { Emission, Generator, GeneratorEvent } from "./generator.ts";
import { limit } from "./limit.ts";
import { log } from "./log.ts";
import { nothing } from "./nothing.ts";
import { clientsAndNemesis } from "./on-threads.ts";
import { operation } from "./operation.ts";
import { repeat } from "./repeat.ts";
import { sequence } from "./sequence.ts";
import { simulate } from "./simulate.ts";
import { imperfect, perfect, perfectInfo } from "./simulated-completions.ts";
import { stagger } from "./stagger.ts";
import { emissions, invocations, simulated } from "./testing/invocations.ts";

const op = (f: string) => operation({ f });
const lines = (events: readonly GeneratorEvent[]) =>
  events.map(({ timeNs, process, type, f, value }) => `${timeNs} ${process} ${type} ${f} ${String(value)}`);

describe("simulate", () => {
  it("records invocations and completions in order of time", () => {
    expect(lines(simulated(repeat(4, op("read")), { concurrency: 2 }))).toMatchInlineSnapshot(`
      [
        "0 1 invoke read null",
        "0 0 invoke read null",
        "10 1 ok read null",
        "10 0 ok read null",
        "10 0 invoke read null",
        "10 1 invoke read null",
        "20 0 ok read null",
        "20 1 ok read null",
      ]
    `);
  });

  it("is a function of the seed", () => {
    const load = stagger(100, repeat(50, op("read")));
    const run = (seed: number) => simulated(load, { seed, concurrency: 4, complete: imperfect });
    expect(run(5)).toEqual(run(5));
    expect(run(6)).not.toEqual(run(5));
  });

  it("moves a thread on to a new process after info, and after nothing else", () => {
    const events = simulated(repeat(5, op("read")), { concurrency: 1, complete: imperfect });
    expect(lines(events).filter((line) => line.includes("invoke"))).toEqual([
      "0 0 invoke read null",
      "10 0 invoke read null",
      "20 1 invoke read null",
      "30 1 invoke read null",
      "40 1 invoke read null",
    ]);
    const crashing = invocations(repeat(6, op("read")), { concurrency: 2, complete: perfectInfo });
    expect(crashing.map(({ process }) => Number(process)).toSorted((a, b) => a - b)).toEqual([
      0, 1, 2, 3, 4, 5,
    ]);
  });

  it("delivers completions before it asks again", () => {
    const states: string[] = [];
    const watcher: Generator = {
      op(context) {
        states.push(`${context.timeNs}: ${context.free.size} free`);
        return op("a").op(context);
      },
      update: () => watcher,
    };
    simulated(repeat(3, watcher), { concurrency: 2 });
    expect(states).toEqual(["0: 2 free", "0: 1 free", "0: 0 free", "10: 2 free"]);
  });

  it("delivers completions at their own time, also those that are due at once or before a later operation", () => {
    const types = simulated(repeat(2, op("a")), {
      concurrency: 2,
      complete: () => ({ type: "ok", latencyNs: 0 }),
    }).map(({ type }) => type);
    expect(types).toEqual(["invoke", "ok", "invoke", "ok"]);
    const spaced = simulated(delay(25, repeat(3, op("a"))), { concurrency: 2 });
    expect(spaced.map(({ timeNs }) => timeNs)).toEqual([0, 10, 25, 35, 50, 60]);
  });

  it("tells generators of each event, in the state after it", () => {
    const heard: string[] = [];
    const listener: Generator = {
      op(context) {
        const offer = op("a").op(context);
        return typeof offer === "string" ? offer : { operation: offer.operation, next: listener };
      },
      update(context, { type, process, thread }) {
        heard.push(
          `${type} ${process}, ${context.free.has(thread) ? "free" : "busy"}, ${context.processOf(0)}`,
        );
        return listener;
      },
    };
    simulated(limit(2, listener), { complete: perfectInfo });
    expect(heard).toEqual(["invoke 0, busy, 0", "info 0, free, 0"]);
  });

  it("gives a completion the value of its invocation or one of its own", () => {
    const values = (value?: number) =>
      simulated(operation({ f: "write", value: 1 }), {
        complete: () => ({ type: "ok", latencyNs: 1, ...(value === undefined ? {} : { value }) }),
      }).map((event) => event.value);
    expect(values()).toEqual([1, 1]);
    expect(values(2)).toEqual([1, 2]);
  });

  it("waits for what is under way at the end, unless it never completes", () => {
    const latencies = [500, Infinity];
    const events = simulated(repeat(2, op("a")), {
      concurrency: 2,
      complete: () => ({ type: "ok", latencyNs: latencies.shift() as number }),
    });
    expect(events.map(({ type, timeNs }) => `${type} ${timeNs}`)).toEqual(["invoke 0", "invoke 0", "ok 500"]);
  });

  it("hands out everything that is taken", () => {
    expect(emissions(sequence(log("hello"), op("a"))).map(({ kind }) => kind)).toEqual(["log", "invoke"]);
  });

  it("runs nothing at all", () => {
    expect(simulate(nothing, { concurrency: 0, seed: 0, complete: perfect })).toEqual([]);
  });

  it("keeps the nemesis one process", () => {
    const events = invocations(clientsAndNemesis(repeat(6, op("a")), repeat(6, op("kill"))), {
      nemesis: true,
      complete: imperfect,
    });
    expect(events.filter(({ thread }) => thread === "nemesis")).toHaveLength(6);
    expect(events.every(({ thread, process }) => (thread === "nemesis") === (process === "nemesis"))).toBe(
      true,
    );
  });
});

describe("simulate refuses", () => {
  const pendingForEver: Generator = { op: () => "pending", update: () => pendingForEver };
  const readAt = (timeNs: number, thread: number): Emission => ({
    operation: { kind: "invoke", timeNs, thread, f: "read", value: null },
    next: nothing,
  });
  const fixed = (timeNs: number, thread: number): Generator => ({
    op: () => readAt(timeNs, thread),
    update: () => fixed(timeNs, thread),
  });

  it("a generator that is pending with nothing to wait for", () => {
    expect(() => simulated(sequence(op("a"), pendingForEver), { concurrency: 3 })).toThrow(
      expect.objectContaining({
        code: "generator-deadlock",
        message:
          "the generator is pending at 0.000 s and will be for ever: " +
          "3 of 3 threads are free and no operation under way will complete",
      }),
    );
  });

  it("a generator without end", () => {
    expect(() => simulated(repeat(op("a")), { operationLimit: 100 })).toThrow(
      expect.objectContaining({
        code: "endless-generator",
        message: "the generator went on after 100 operations, at 0.000 s",
      }),
    );
    expect(simulated(repeat(100, op("a")), { operationLimit: 100 })).toHaveLength(200);
  });

  it("an operation that is always in the future", () => {
    const tomorrow: Generator = {
      op: ({ timeNs }) => readAt(timeNs + 1, 0),
      update: () => tomorrow,
    };
    expect(() => simulated(tomorrow)).toThrow(expect.objectContaining({ code: "postponed-for-ever" }));
  });

  it.each([
    ["in the past", sequence(op("a"), phase(10, fixed(3, 0))), "starts at 3 ns, before now (10 ns)"],
    ["at no whole nanosecond", fixed(0.5, 0), "starts at 0.5 ns, which is no whole number"],
    ["on a thread that is not there", fixed(0, 9), "is for thread 9, which is not there"],
    ["on a busy thread", sequence(op("a"), fixed(0, 0)), "is for thread 0, which is busy"],
  ])("an operation %s", (_, generator, problem) => {
    expect(() => simulated(generator)).toThrow(
      expect.objectContaining({
        code: "bad-operation",
        message: `a generator made an operation "read" that ${problem}`,
      }),
    );
  });

  it("completions that cannot be", () => {
    const refused = (latencyNs: number) =>
      expect(() => simulated(op("a"), { complete: () => ({ type: "ok", latencyNs }) })).toThrow(
        expect.objectContaining({ code: "bad-completion" }),
      );
    refused(-1);
    refused(0.5);
    refused(Number.NaN);
    const crashes = {
      nemesis: true,
      concurrency: 0,
      complete: () => ({ type: "info" as const, latencyNs: 1 }),
    };
    expect(() => simulated(op("kill"), crashes)).toThrow("the nemesis, which only knows ok and fail");
  });

  /** Pending before an instant. */
  function phase(startNs: number, generator: Generator): Generator {
    return {
      op: (context) => (context.timeNs < startNs ? "pending" : generator.op(context)),
      update: () => phase(startNs, generator),
    };
  }
});

describe("fromFunction under simulation", () => {
  it("sees the context: the threads, the time, the chance of the question", () => {
    const random = fromFunction((context, ordinal) =>
      ordinal < 1_000 ? { f: "write", value: context.random.int(4) } : undefined,
    );
    const values = invocations(random, { concurrency: 3 }).map(({ value }) => value);
    for (const value of [0, 1, 2, 3]) {
      expect(Math.abs(values.filter((drawn) => drawn === value).length - 250)).toBeLessThan(70);
    }
  });
});
