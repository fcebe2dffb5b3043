import { describe, expect, it } from "vitest";
import { Random } from "../clock/random.ts";
import { rootContext } from "./context.ts";
import { fromFunction } from "./from-function.ts";
import { limit } from "./limit.ts";
import { log } from "./log.ts";
import { nothing } from "./nothing.ts";
import { operation } from "./operation.ts";
import { repeat } from "./repeat.ts";
import { sequence } from "./sequence.ts";
import { sleep } from "./sleep.ts";
import { emissions, invocations, names } from "./testing/invocations.ts";
import { listening } from "./testing/listening.ts";
import { threadTable, withBusy } from "./thread-table.ts";

const read = operation({ f: "read" });
const ask = (concurrency: number, emitted = 0) =>
  rootContext(threadTable(concurrency, false), 5, new Random(1), emitted);
const allBusy = rootContext(withBusy(threadTable(1, false), 0), 5, new Random(1), 0);

describe("operation", () => {
  it("is one operation, now, and then nothing", () => {
    expect(operation({ f: "write", key: "x", value: 3 }).op(ask(1))).toEqual({
      operation: { kind: "invoke", timeNs: 5, thread: 0, f: "write", key: "x", value: 3 },
      next: nothing,
    });
  });

  it("has a value of null and no key where none is given", () => {
    expect(invocations(read)).toEqual([
      { type: "invoke", timeNs: 0, thread: 0, process: 0, f: "read", value: null },
    ]);
  });

  it("is pending while no thread is free, and done where there is no thread", () => {
    expect(read.op(allBusy)).toBe("pending");
    expect(read.op(ask(0))).toBe("done");
  });

  it("draws each free thread about as often", () => {
    const counts = [0, 0, 0, 0];
    for (let emitted = 0; emitted < 4_000; emitted++) {
      const offer = read.op(ask(4, emitted));
      if (typeof offer !== "string") (counts[offer.operation.thread as number] as number)++;
    }
    for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(120);
  });
});

describe("fromFunction", () => {
  it("calls the function for each operation, with the number of calls before, until it says undefined", () => {
    const counting = fromFunction((_, ordinal) => (ordinal < 3 ? { f: "write", value: ordinal } : undefined));
    expect(invocations(counting).map(({ value }) => value)).toEqual([0, 1, 2]);
  });

  it("uses up a generator that the function returns before it calls it again", () => {
    const pairs = fromFunction((_, ordinal) =>
      ordinal < 2
        ? sequence(operation({ f: "a", value: ordinal }), operation({ f: "b", value: ordinal }))
        : undefined,
    );
    expect(invocations(pairs).map(({ f, value }) => `${f}${String(value)}`)).toEqual([
      "a0",
      "b0",
      "a1",
      "b1",
    ]);
  });

  it("tells the current generator of events", () => {
    const heard: string[] = [];
    const rounds = fromFunction((_, ordinal) =>
      ordinal < 2 ? listening(`round${ordinal}`, 1, heard) : undefined,
    );
    invocations(rounds);
    expect(heard).toEqual([
      "round0 hears invoke round0",
      "round0 hears ok round0",
      "round1 hears invoke round1",
      "round1 hears ok round1",
    ]);
  });

  it("ends on a generator with nothing to do instead of asking for ever", () => {
    expect(invocations(fromFunction(() => nothing))).toEqual([]);
  });

  it("is not called while every thread is busy, and done where there is no thread", () => {
    const generator = fromFunction(() => {
      throw new Error("called");
    });
    expect(generator.op(allBusy)).toBe("pending");
    expect(generator.op(ask(0))).toBe("done");
  });
});

describe("sleep", () => {
  it("keeps one thread busy and lets the others go on, outside the history", () => {
    const afterwards = invocations(sequence(sleep(100), limit(4, repeat(read))), { concurrency: 2 });
    expect(new Set(afterwards.map(({ thread }) => thread)).size).toBe(1);
    expect(invocations(sequence(sleep(100), read))[0]?.timeNs).toBe(100);
  });

  it("refuses what is no duration", () => {
    expect(() => sleep(-1)).toThrow("sleep takes a finite duration of at least 0 ns, not -1");
  });
});

describe("log", () => {
  it("is a line that takes no time and keeps no thread", () => {
    const generator = sequence(log("load begins"), read);
    expect(emissions(generator)).toMatchObject([
      { kind: "log", timeNs: 0, message: "load begins" },
      { kind: "invoke", timeNs: 0, f: "read" },
    ]);
    expect(names(invocations(generator))).toEqual(["read"]);
  });
});
