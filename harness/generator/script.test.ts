import { describe, expect, it } from "vitest";
import { clientsAndNemesis } from "./on-threads.ts";
import { operation } from "./operation.ts";
import { repeat } from "./repeat.ts";
import { type ScriptedOperation, script } from "./script.ts";
import { sequence } from "./sequence.ts";
import { sleep } from "./sleep.ts";
import { invocations, simulated } from "./testing/invocations.ts";

const at = (timeNs: number, thread: number, f = "a"): ScriptedOperation => ({
  timeNs,
  thread,
  f,
  value: null,
});

const told = (events: ReturnType<typeof invocations>) =>
  events.map(({ timeNs, thread, f }) => `${f}${thread} @${timeNs}`);

describe("a script", () => {
  it("starts each operation at its time, on its thread", () => {
    const events = invocations(script([at(5, 1), at(0, 0, "b"), at(40, 2)]), { concurrency: 3 });
    expect(told(events)).toEqual(["b0 @0", "a1 @5", "a2 @40"]);
  });

  it("lets what is due while its thread is busy start as soon as that is free", () => {
    const events = invocations(script([at(0, 0), at(3, 0, "b"), at(12, 0, "c"), at(4, 1)]), {
      concurrency: 2,
    });
    expect(told(events)).toEqual(["a0 @0", "a1 @4", "b0 @10", "c0 @20"]);
  });

  it("keeps a thread's order, and leaves nothing out", () => {
    const many = Array.from({ length: 50 }, (_, i) => at(i, i % 3, `f${i}`));
    const events = invocations(script(many), { concurrency: 3 });
    expect(events).toHaveLength(50);
    for (const thread of [0, 1, 2]) {
      const own = events.filter((event) => event.thread === thread).map(({ f }) => f);
      expect(own).toEqual(many.filter((each) => each.thread === thread).map(({ f }) => f));
    }
  });

  it("goes on with a thread whose process was lost", () => {
    const events = simulated(script([at(0, 0), at(50, 0, "b")]), {
      concurrency: 1,
      complete: () => ({ type: "info", latencyNs: 10 }),
    });
    expect(events.filter(({ type }) => type === "invoke").map(({ process }) => process)).toEqual([0, 1]);
  });

  it("carries keys and values", () => {
    const [event] = invocations(script([{ timeNs: 0, thread: 0, f: "cas", key: "k", value: [1, 2] }]));
    expect(event).toMatchObject({ f: "cas", key: "k", value: [1, 2] });
  });

  it("counts its times from its own start", () => {
    const events = invocations(sequence(sleep(1_000), script([at(5, 0)])));
    expect(told(events)).toEqual(["a0 @1005"]);
  });

  it("leaves out threads that are not there, and the nemesis alone", () => {
    const both = clientsAndNemesis(script([at(0, 0), at(1, 7)]), repeat(2, operation({ f: "kill" })));
    const events = invocations(both, { concurrency: 2, nemesis: true });
    expect(events.map(({ f, thread }) => `${f} ${thread}`).toSorted()).toEqual([
      "a 0",
      "kill nemesis",
      "kill nemesis",
    ]);
  });

  it("of nothing is done", () => {
    expect(invocations(script([]))).toEqual([]);
  });

  it("refuses times that are none", () => {
    expect(() => script([at(-1, 0)])).toThrowErrorMatchingInlineSnapshot(
      `[UsageError: the operation a of a script takes a finite duration of at least 0 ns, not -1]`,
    );
  });
});
