import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../clock/random.ts";
import { any } from "./any.ts";
import { rootContext } from "./context.ts";
import { delay } from "./delay.ts";
import { eachThread } from "./each-thread.ts";
import { limit } from "./limit.ts";
import { nothing } from "./nothing.ts";
import { clients, clientsAndNemesis, nemesis, onThreads } from "./on-threads.ts";
import { operation } from "./operation.ts";
import { repeat } from "./repeat.ts";
import { reserve } from "./reserve.ts";
import { sequence } from "./sequence.ts";
import { perfectInfo } from "./simulated-completions.ts";
import { phases } from "./synchronize.ts";
import { invocations, names, simulated } from "./testing/invocations.ts";
import { listening } from "./testing/listening.ts";
import { type Thread, ThreadSet } from "./thread-set.ts";
import { threadTable } from "./thread-table.ts";
import { untilOk } from "./until-ok.ts";

const op = (f: string) => operation({ f });
const threadsOf = (events: ReturnType<typeof invocations>, f?: string) => [
  ...ThreadSet.of(events.filter((event) => f === undefined || event.f === f).map(({ thread }) => thread)),
];

describe("onThreads", () => {
  it("uses the selected threads, all of them, and no other", () => {
    fc.assert(
      fc.property(fc.nat(1_000), fc.uniqueArray(fc.nat(9), { minLength: 1 }), (seed, selected) => {
        const options = { seed, concurrency: 10, complete: perfectInfo };
        const set = ThreadSet.of(selected);
        const bySet = invocations(onThreads(set, repeat(200, op("a"))), options);
        expect(threadsOf(bySet)).toEqual([...set]);
        expect(
          invocations(
            onThreads((thread) => set.has(thread), repeat(200, op("a"))),
            options,
          ),
        ).toEqual(bySet);
      }),
    );
  });

  it("narrows what is narrowed already", () => {
    const even = (thread: Thread) => thread !== "nemesis" && thread % 2 === 0;
    const events = invocations(onThreads(even, onThreads(ThreadSet.of([1, 2, 3, 4]), repeat(100, op("a")))), {
      concurrency: 10,
    });
    expect(threadsOf(events)).toEqual([2, 4]);
  });

  it("hears of the events of its own threads alone", () => {
    const heard: string[] = [];
    const own = onThreads(ThreadSet.of([0]), listening("a", 20, heard));
    invocations(any(own, onThreads(ThreadSet.of([1]), repeat(20, op("b")))), { concurrency: 2 });
    expect(new Set(heard)).toEqual(new Set(["a hears invoke a", "a hears ok a"]));
  });

  it("is done where none of its threads is in view", () => {
    expect(invocations(onThreads(ThreadSet.of([7]), repeat(op("a"))), { concurrency: 2 })).toEqual([]);
    expect(invocations(nemesis(repeat(op("a"))), { concurrency: 2 })).toEqual([]);
    expect(invocations(clients(repeat(op("a"))), { concurrency: 0, nemesis: true })).toEqual([]);
  });
});

describe("clientsAndNemesis", () => {
  it("gives each its own generator, and neither waits for the other", () => {
    const events = invocations(clientsAndNemesis(repeat(40, op("read")), repeat(20, op("kill"))), {
      concurrency: 2,
      nemesis: true,
    });
    expect(threadsOf(events, "read")).toEqual([0, 1]);
    expect(threadsOf(events, "kill")).toEqual(["nemesis"]);
    expect(events.filter(({ f }) => f === "kill").map(({ timeNs }) => timeNs)).toEqual(
      Array.from({ length: 20 }, (_, index) => index * 10),
    );
  });

  it("is done when both are", () => {
    const options = { concurrency: 1, nemesis: true };
    expect(invocations(clientsAndNemesis(nothing, repeat(3, op("kill"))), options)).toHaveLength(3);
    expect(invocations(clientsAndNemesis(repeat(3, op("read")), nothing), options)).toHaveLength(3);
  });
});

describe("eachThread", () => {
  it("gives every thread its own copy", () => {
    fc.assert(
      fc.property(
        fc.nat(1_000),
        fc.integer({ min: 1, max: 70 }),
        fc.boolean(),
        (seed, concurrency, hasNemesis) => {
          const events = invocations(eachThread(sequence(op("a"), op("b"), op("c"))), {
            seed,
            concurrency,
            nemesis: hasNemesis,
          });
          const threads: Thread[] = Array.from({ length: concurrency }, (_, thread) => thread);
          if (hasNemesis) threads.push("nemesis");
          for (const thread of threads) {
            expect(names(events.filter((event) => event.thread === thread)).join("")).toBe("abc");
          }
          expect(events).toHaveLength(3 * threads.length);
        },
      ),
    );
  });

  it("tells a copy of the events of its thread alone", () => {
    const retried = eachThread(untilOk(repeat(op("a"))));
    const okAtThird = (_: unknown, __: unknown, ordinal: number) => ({
      type: ordinal === 2 ? ("ok" as const) : ("fail" as const),
      latencyNs: 10,
    });
    expect(invocations(retried, { concurrency: 5, complete: okAtThird })).toHaveLength(15);
  });

  it("lets each copy wait for its own thread alone", () => {
    const slowFirst = ({ process }: { process: unknown }) => ({
      type: "ok" as const,
      latencyNs: process === 0 ? 1_000 : 10,
    });
    const events = invocations(eachThread(phases(op("a"), op("b"))), { concurrency: 2, complete: slowFirst });
    expect(events.find(({ thread, f }) => thread === 1 && f === "b")?.timeNs).toBe(10);
  });

  it("is done when all copies are, although a thread is busy for ever", () => {
    const oneHangs = ({ process }: { process: unknown }) => ({
      type: "ok" as const,
      latencyNs: process === 0 ? Infinity : 10,
    });
    const events = invocations(sequence(eachThread(op("a")), op("b")), {
      concurrency: 3,
      complete: oneHangs,
    });
    expect(names(events).join("")).toBe("aaab");
  });

  it("without threads is done", () => {
    expect(invocations(eachThread(op("a")), { concurrency: 0 })).toEqual([]);
  });
});

describe("reserve", () => {
  const load = () => reserve([2, repeat(50, op("a"))], [3, repeat(50, op("b"))], repeat(50, op("c")));

  it("gives the first threads to the first, the next to the second, and the others to the last", () => {
    const events = invocations(load(), { concurrency: 8, nemesis: true });
    expect(threadsOf(events, "a")).toEqual([0, 1]);
    expect(threadsOf(events, "b")).toEqual([2, 3, 4]);
    expect(threadsOf(events, "c")).toEqual([5, 6, 7, "nemesis"]);
    expect(events).toHaveLength(150);
  });

  it("counts the threads in view and not from thread 0", () => {
    const events = invocations(onThreads(ThreadSet.of([3, 5, 7, 8, 9, 11]), load()), { concurrency: 12 });
    expect(threadsOf(events, "a")).toEqual([3, 5]);
    expect(threadsOf(events, "b")).toEqual([7, 8, 9]);
    expect(threadsOf(events, "c")).toEqual([11]);
  });

  it("works inside itself", () => {
    const inner = reserve([1, repeat(30, op("x"))], repeat(30, op("y")));
    const events = invocations(reserve([2, repeat(30, op("a"))], inner), { concurrency: 5 });
    expect(threadsOf(events, "a")).toEqual([0, 1]);
    expect(threadsOf(events, "x")).toEqual([2]);
    expect(threadsOf(events, "y")).toEqual([3, 4]);
  });

  it("tells each of the events of its own threads alone", () => {
    const heard: string[] = [];
    const both = reserve([1, listening("a", 5, heard)], listening("b", 5, heard));
    invocations(both, { concurrency: 2 });
    expect(new Set(heard)).toEqual(
      new Set(["a hears invoke a", "a hears ok a", "b hears invoke b", "b hears ok b"]),
    );
  });

  it("takes the soonest of its groups, asked in whichever order", () => {
    const groups = reserve([1, delay(100, repeat(4, op("a")))], [1, nothing], delay(30, repeat(9, op("b"))));
    const events = invocations(groups, { concurrency: 3 });
    const at = (f: string) => events.filter((event) => event.f === f).map(({ timeNs }) => timeNs);
    expect(at("a")).toEqual([0, 100, 200, 300]);
    expect(at("b")).toEqual([0, 30, 60, 90, 120, 150, 180, 210, 240]);
  });

  it("hears of nothing outside its view", () => {
    const heard: string[] = [];
    const generator = reserve([1, listening("a", 5, heard)], listening("b", 5, heard));
    const context = rootContext(threadTable(2, false), 0, new Random(1), 0);
    const event = { type: "ok" as const, timeNs: 0, thread: 7, process: 7, f: "c", value: null };
    expect(generator.update(context, event)).toBe(generator);
    expect(heard).toEqual([]);
  });

  it("may set aside every thread, or none", () => {
    expect(
      threadsOf(invocations(reserve([2, repeat(9, op("a"))], repeat(op("b"))), { concurrency: 2 })),
    ).toEqual([0, 1]);
    expect(threadsOf(invocations(reserve([0, op("a")], repeat(9, op("b"))), { concurrency: 2 }))).toEqual([
      0, 1,
    ]);
  });

  it("refuses to leave a generator out for want of threads; without threads it is done", () => {
    expect(() => simulated(load(), { concurrency: 4 })).toThrow(
      "reserve sets aside 2 + 3 client threads where there are 4",
    );
    expect(simulated(load(), { concurrency: 0 })).toEqual([]);
    expect(() => reserve([-1, op("a")], op("b"))).toThrow("reserve takes a number of client threads");
  });

  it("shares chances between groups by their free threads", () => {
    const forEver = reserve([1, repeat(op("a"))], repeat(op("b")));
    const events = invocations(limit(4_000, forEver), {
      concurrency: 4,
      complete: () => ({ type: "ok", latencyNs: 0 }),
    });
    const share = events.filter(({ f }) => f === "a").length / events.length;
    expect(Math.abs(share - 0.25)).toBeLessThan(0.04);
  });
});
