import { describe, expect, it } from "vitest";
import { Random } from "../clock/random.ts";
import { narrow, rootContext } from "./context.ts";
import { ThreadSet } from "./thread-set.ts";
import { threadTable, withBusy, withFree, withNextProcess } from "./thread-table.ts";

const run = new Random(7);

describe("the table of threads", () => {
  it("starts with every thread free and thread t running process t", () => {
    const table = threadTable(3, true);
    expect([...table.threads]).toEqual([0, 1, 2, "nemesis"]);
    expect([...table.free]).toEqual([0, 1, 2, "nemesis"]);
    expect(table.processes).toEqual([0, 1, 2]);
  });

  it("makes threads busy and free, the set of all threads staying the same object", () => {
    const table = threadTable(2, true);
    const busy = withBusy(withBusy(table, 1), "nemesis");
    expect([...busy.free]).toEqual([0]);
    expect([...withFree(busy, "nemesis").free]).toEqual([0, "nemesis"]);
    expect(busy.threads).toBe(table.threads);
  });

  it("moves a crashed thread on by the number of client threads", () => {
    const table = withNextProcess(withNextProcess(threadTable(3, true), 1), 1);
    expect(table.processes).toEqual([0, 7, 2]);
  });

  it.each([-1, 1.5, Number.NaN])("refuses %s client threads", (concurrency) => {
    expect(() => threadTable(concurrency, false)).toThrow(/whole number of client threads/);
  });
});

describe("a context", () => {
  it("knows processes and threads, also those of processes that are over", () => {
    const context = rootContext(withNextProcess(threadTable(3, true), 1), 50, run, 0);
    expect([context.processOf(0), context.processOf(1), context.processOf("nemesis")]).toEqual([
      0,
      4,
      "nemesis",
    ]);
    expect([context.threadOf(1), context.threadOf(4), context.threadOf("nemesis")]).toEqual([
      1,
      1,
      "nemesis",
    ]);
  });

  it("has the same chance for the same question and another after an operation was taken", () => {
    const table = threadTable(1, false);
    const draw = (emitted: number) => rootContext(table, 0, run, emitted).random.uint32();
    expect(draw(3)).toBe(draw(3));
    expect(draw(4)).not.toBe(draw(3));
  });

  it("narrows to some of its threads and keeps time, processes and the one source of chance", () => {
    const table = withNextProcess(withBusy(threadTable(4, true), 1), 2);
    const context = rootContext(table, 50, run, 0);
    const narrowed = narrow(narrow(context, ThreadSet.of([0, 1, 2])), ThreadSet.of([1, 2]));
    expect([...narrowed.threads]).toEqual([1, 2]);
    expect([...narrowed.free]).toEqual([2]);
    expect(narrowed.timeNs).toBe(50);
    expect(narrowed.processOf(2)).toBe(6);
    expect(narrowed.threadOf(6)).toBe(2);
    expect(narrowed.random).toBe(context.random);
  });
});
