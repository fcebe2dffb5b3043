import { describe, expect, test } from "vitest";
import { readHistoryText } from "../harness/history/index.ts";
import { gatherEvidence } from "./evidence.ts";

/** A history from terse lines; the time of an event is ten times its index. */
const evidence = (...lines: object[]) =>
  gatherEvidence(
    readHistoryText(
      lines.map((line, i) => JSON.stringify({ index: i, time: i * 10, value: null, ...line })).join("\n"),
      "test",
    ).history,
  );

const nemesis = (type: string, f: string, value: object, members: object = {}) => ({
  type,
  process: "nemesis",
  f,
  value,
  ...members,
});
const inject = (fault: number, kind = "partition") => nemesis("invoke", kind, { fault, kind, plan: ["n1"] });
const injected = (fault: number, effective: boolean, detail = "", kind = "partition") =>
  nemesis("ok", kind, { fault, kind, plan: ["n1"], effect: { effective, detail } });
const undo = (fault: number, f = "heal") => nemesis("invoke", f, { fault });
const undone = (fault: number, effective: boolean, detail = "", f = "heal") =>
  nemesis("ok", f, { fault, effect: { effective, detail } });
const finalHeal = nemesis("invoke", "final-heal", {});
const healed = (effects: object) => nemesis("ok", "final-heal", { effects });
/** A write of a process of its own, invoked and completed. */
let process = 0;
const write = (type = "ok") => {
  process++;
  return [
    { type: "invoke", process, f: "write", value: 1 },
    { type, process, f: "write", value: 1 },
  ] as const;
};

describe("the window of a fault", () => {
  test("lasts from the invocation of its injection to the completion of its undo", () => {
    const { faults } = evidence(
      ...write(),
      inject(1),
      injected(1, true, "5 links"),
      ...write(),
      ...write("fail"),
      ...write("info"),
      undo(1),
      undone(1, true, "9 packets"),
      ...write(),
    );
    expect(faults).toEqual([
      {
        fault: 1,
        kind: "partition",
        window: {
          startIndex: 2,
          endIndex: 11,
          startTimeNs: 20,
          endTimeNs: 110,
          inForceFromIndex: 3,
          inForceToIndex: 10,
        },
        failed: false,
        effective: true,
        details: ["5 links", "9 packets"],
        okDuring: { write: 1 },
      },
    ]);
  });

  test("counts what completed while it was in force for certain, wherever that was invoked", () => {
    //  p90  |-------|
    //  p91  |-------------|
    //  p92  |---------------------|
    //  fault    |---| in force |----|   injected and taken back
    const { faults } = evidence(
      { type: "invoke", process: 90, f: "read" },
      { type: "invoke", process: 91, f: "write" },
      { type: "invoke", process: 92, f: "read" },
      inject(1),
      { type: "ok", process: 90, f: "read" },
      injected(1, true),
      { type: "ok", process: 91, f: "write" },
      undo(1),
      { type: "ok", process: 92, f: "read" },
      undone(1, true),
    );
    expect(faults[0]?.okDuring).toEqual({ write: 1 });
  });

  test("ends with the final heal where there was no undo", () => {
    const { faults } = evidence(
      inject(1),
      injected(1, false),
      ...write(),
      finalHeal,
      healed({ partition: { effective: true, detail: "7 packets" } }),
      ...write(),
    );
    expect(faults[0]).toMatchObject({
      window: { startIndex: 0, endIndex: 5 },
      effective: true,
      details: ["7 packets"],
      okDuring: { write: 1 },
    });
  });

  test("ends with the last event where nothing healed it", () => {
    const { faults } = evidence(inject(1), injected(1, true), ...write());
    expect(faults[0]).toMatchObject({ window: { endIndex: 3, endTimeNs: 30 }, okDuring: { write: 1 } });
  });

  test("is its injection alone where it is over in a moment, whatever is said of it later", () => {
    const value = { fault: 1, kind: "leadership", plan: { to: "n2" }, momentary: true };
    const { faults } = evidence(
      nemesis("invoke", "leadership", value),
      ...write(),
      nemesis("ok", "leadership", { ...value, effect: { effective: true, detail: "n1 led, now n2" } }),
      ...write(),
      finalHeal,
      healed({ leadership: { effective: false, detail: "nothing to take back" } }),
    );
    expect(faults).toEqual([
      {
        fault: 1,
        kind: "leadership",
        momentary: true,
        window: {
          startIndex: 0,
          endIndex: 3,
          startTimeNs: 0,
          endTimeNs: 30,
          inForceFromIndex: 0,
          inForceToIndex: 3,
        },
        failed: false,
        effective: true,
        details: ["n1 led, now n2"],
        okDuring: { write: 1 },
      },
    ]);
  });

  test("goes on when its undo or the final heal failed", () => {
    const failed = (f: string) =>
      nemesis("fail", f, { fault: 1 }, { error: { code: "engine", message: "no answer" } });
    const { faults } = evidence(
      inject(1),
      injected(1, true, "cut"),
      undo(1),
      failed("heal"),
      ...write(),
      undo(1),
      undone(1, true),
    );
    expect(faults[0]).toMatchObject({
      window: { endIndex: 7 },
      details: ["cut", "heal failed: no answer"],
      // Nobody knows whether it was still in force.
      okDuring: {},
    });
    expect(
      evidence(inject(1), injected(1, true), finalHeal, failed("final-heal"), ...write()).faults[0]?.window
        .endIndex,
    ).toBe(5);
  });

  test("ends with the first undo that worked; whatever comes later with its number changes nothing", () => {
    const { faults } = evidence(
      inject(1),
      injected(1, false),
      undo(1),
      undone(1, false),
      undo(1),
      undone(1, true, "late"),
    );
    expect(faults).toMatchObject([{ window: { endIndex: 3 }, effective: false, details: [] }]);
  });

  test("is not ended by its own injection, tried again", () => {
    const { faults } = evidence(inject(1), injected(1, true), inject(1), injected(1, true), ...write());
    expect(faults).toMatchObject([{ window: { startIndex: 0, endIndex: 5 }, okDuring: { write: 1 } }]);
  });

  test("is each fault's own where they overlap", () => {
    const { faults } = evidence(
      inject(1),
      injected(1, true),
      ...write(),
      inject(2, "kill"),
      injected(2, true, "", "kill"),
      ...write(),
      undo(1),
      undone(1, true),
      ...write(),
      undo(2, "restart"),
      undone(2, true, "", "restart"),
    );
    expect(faults.map(({ kind, okDuring }) => [kind, okDuring])).toEqual([
      ["partition", { write: 2 }],
      ["kill", { write: 2 }],
    ]);
  });
});

describe("a fault had an effect", () => {
  const effective = (...lines: object[]) => evidence(...lines).faults.map((fault) => fault.effective);

  test("when the probe at its injection or the one at its undo says so", () => {
    for (const [first, second] of [
      [true, false],
      [false, true],
      [true, true],
    ] as const) {
      expect(effective(inject(1), injected(1, first), undo(1), undone(1, second))).toEqual([true]);
    }
    expect(effective(inject(1), injected(1, false), undo(1), undone(1, false))).toEqual([false]);
  });

  test("not when its injection failed, whatever a later probe saw", () => {
    const failed = nemesis(
      "fail",
      "partition",
      { fault: 1, kind: "partition" },
      { error: { code: "x", message: "no root" } },
    );
    const { faults } = evidence(
      inject(1),
      failed,
      finalHeal,
      healed({ partition: { effective: true, detail: "" } }),
    );
    expect(faults[0]).toMatchObject({
      failed: true,
      effective: false,
      details: ["partition failed: no root"],
    });
  });

  test("not by the probe of another kind, nor by one that came after its end", () => {
    const heal = healed({
      kill: { effective: true, detail: "" },
      partition: { effective: true, detail: "" },
    });
    expect(effective(inject(1, "pause"), injected(1, false, "", "pause"), finalHeal, heal)).toEqual([false]);
    expect(effective(inject(1), injected(1, false), undo(1), undone(1, false), finalHeal, heal)).toEqual([
      false,
    ]);
  });

  test("not while its injection has not completed, nor by values that are no probes", () => {
    expect(effective(inject(1))).toEqual([false]);
    expect(effective(inject(1), { ...injected(1, true), type: "info" })).toEqual([false]);
    for (const effect of [true, "effective", ["effective"], { effective: 1 }, null]) {
      expect(
        effective(inject(1), nemesis("ok", "partition", { fault: 1, kind: "partition", effect })),
      ).toEqual([false]);
    }
  });
});

describe("what is no fault", () => {
  test("notes of a nemesis without a number, and operations of clients that look like faults", () => {
    const note = { type: "info", process: "nemesis", f: "start", value: "n1" };
    expect(
      evidence(note, note, { type: "invoke", process: 0, f: "partition", value: { fault: 1 } }).faults,
    ).toEqual([]);
  });
});

describe("what was acknowledged before the first fault", () => {
  test("counts ok operations only, up to the invocation of the injection", () => {
    const gathered = evidence(
      ...write(),
      ...write("fail"),
      ...write("info"),
      inject(1),
      ...write(),
      injected(1, true),
    );
    expect(gathered.okBeforeFirstFault).toEqual({ write: 1 });
  });

  test("ends with an injection that failed, since it may have struck in part", () => {
    const failed = nemesis("fail", "kill", { fault: 1 });
    expect(
      evidence(...write(), inject(1, "kill"), failed, ...write(), inject(2), injected(2, true), ...write())
        .okBeforeFirstFault,
    ).toEqual({ write: 1 });
  });

  test("is everything where there was no fault", () => {
    expect(evidence(...write(), ...write()).okBeforeFirstFault).toEqual({ write: 2 });
  });
});

test("evidence is plain JSON, with the numbers of each phase", () => {
  const gathered = evidence(
    ...write(),
    inject(1),
    injected(1, true, "cut"),
    ...write(),
    finalHeal,
    healed({}),
    ...write(),
  );
  expect(JSON.parse(JSON.stringify(gathered))).toEqual(gathered);
  expect([gathered.stats.load.total.ok, gathered.stats.recovery?.total.ok]).toEqual([2, 1]);
});

test("windows may be many and lie inside one another", () => {
  const lines = Array.from({ length: 200 }, (_, i) => [inject(i), injected(i, true), ...write()]).flat();
  const { faults } = evidence(...lines);
  expect(faults.map((fault) => fault.okDuring)).toEqual(
    Array.from({ length: 200 }, (_, i) => ({ write: 200 - i })),
  );
});
