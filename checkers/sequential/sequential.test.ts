import { describe, expect, test } from "vitest";
import { Random } from "../../harness/clock/random.ts";
import { linearizable } from "../linearizable/linearizable.ts";
import { casRegister, counter, createModel, log, type Model, queue, register } from "../models/index.ts";
import { check, sessionsOf } from "../testing/check-registers.ts";
import { type BareEvent, historyOf } from "../testing/history-of.ts";
import { localReadsHistory } from "../testing/local-reads-history.ts";
import { sequential } from "./sequential.ts";

const shown = (history: readonly BareEvent[], model: Model = casRegister()) => {
  const { validity, anomalies, reasons } = check(sequential(model), history);
  return [
    validity,
    ...anomalies.map(({ type, message, operations }) => `${type} [${operations}]\n${message}`),
    ...reasons.map(({ code }) => code),
  ].join("\n");
};

/** Operations of processes, one after the other in time: `[process, f, value at invocation, value at completion]`. */
const inTurn = (
  ...operations: readonly [number, string, BareEvent["value"], BareEvent["value"]][]
): BareEvent[] =>
  operations.flatMap(([process, f, input, output]): BareEvent[] => [
    { type: "invoke", process, f, value: input },
    { type: "ok", process, f, value: output },
  ]);

describe("sequential consistency", () => {
  test("says nothing of real time: a stale read of another session is allowed", () => {
    const stale = sessionsOf("0: w x 1, w x 2", "1: r x null, r x 1");
    expect(
      check(linearizable(register()), inTurn([0, "write", 1, 1], [1, "read", null, null])).validity,
    ).toBe("invalid");
    expect(shown(inTurn([0, "write", 1, 1], [1, "read", null, null]))).toBe("valid");
    expect(shown(stale)).toBe("valid");
  });

  test("is broken by a store buffer: both sessions write and miss the other's write (Dekker)", () => {
    expect(shown(sessionsOf("0: w x 1, r y null", "1: w y 1, r x null"))).toMatchInlineSnapshot(`
      "invalid
      nonsequential [0,1,4,5]
      no one order of all operations keeps that of each session and explains what was read
        process 0 read null from y before process 1 wrote 1 to y, as that overwrote the initial value
        process 1 read null from x before process 0 wrote 1 to x, as that overwrote the initial value
        process 0 wrote 1 to x (event 0), then read null from y (event 4)
        process 1 wrote 1 to y (event 1), then read null from x (event 5)"
    `);
  });

  test("is broken by independent readers of independent writes that disagree", () => {
    expect(
      shown(sessionsOf("0: w x 1", "1: w y 1", "2: r x 1, r y null", "3: r y 1, r x null")),
    ).toMatchInlineSnapshot(`
      "invalid
      nonsequential [0,1,2,3,8,9]
      no one order of all operations keeps that of each session and explains what was read
        process 2 read null from y before process 1 wrote 1 to y, as that overwrote the initial value
        process 3 read null from x before process 0 wrote 1 to x, as that overwrote the initial value
        process 0 wrote 1 to x (event 0)
        process 1 wrote 1 to y (event 1)
        process 2 read 1 from x (event 2), then read null from y (event 8)
        process 3 read 1 from y (event 3), then read null from x (event 9)"
    `);
  });

  test("is of all keys together: each key has an order here, both have none", () => {
    const crossed = ["0: w x 1, r y null", "1: w y 1, r x null"];
    for (const key of ["x", "y"]) {
      const ofKey = crossed.map((line) => {
        const [session, told] = line.split(": ") as [string, string];
        return `${session}: ${told
          .split(", ")
          .filter((each) => each.includes(` ${key} `))
          .join(", ")}`;
      });
      expect(shown(sessionsOf(...ofKey))).toBe("valid");
    }
    expect(shown(sessionsOf(...crossed))).toMatch(/^invalid/);
  });

  test("is broken by two compare-and-set from one value", () => {
    expect(shown(sessionsOf("0: w x 1", "1: cas x 1 2", "2: cas x 1 3"))).toMatchInlineSnapshot(`
      "invalid
      nonsequential [0,1,2]
      no one order of all operations keeps that of each session and explains what was read
        process 1 changed x from 1 to 2 by compare-and-set before process 2 changed x from 1 to 3 by compare-and-set, which came after process 0 wrote 1 to x
        process 1 changed x from 1 to 2 by compare-and-set before process 0 wrote 1 to x, as process 2 changed x from 1 to 3 by compare-and-set and came after the first
        process 0 wrote 1 to x (event 0)
        process 1 changed x from 1 to 2 by compare-and-set (event 1)
        process 2 changed x from 1 to 3 by compare-and-set (event 2)"
    `);
  });

  test("is broken by a value that nobody wrote", () => {
    expect(shown(sessionsOf("0: r x 3"))).toMatch(/^invalid\nThinAirRead \[0\]/);
  });

  test("is found to be broken by search where values are written again", () => {
    const again = sessionsOf("0: w x 1, w y 5", "1: w x 1", "2: r x 1, r x null, r y 5");
    expect(shown(again)).toMatchInlineSnapshot(`
      "invalid
      nonsequential [0,1,2,7]
      no one order of all operations keeps that of each session and explains what was answered
        process 0 wrote 1 to x (event 0)
        process 1 wrote 1 to x (event 1)
        process 2 read 1 from x (event 2), then read null from x (event 7)"
    `);
  });
});

describe("of other models", () => {
  test("a queue whose values come out in the order of a session", () => {
    const swapped = inTurn(
      [0, "enqueue", 1, 1],
      [0, "enqueue", 2, 2],
      [1, "dequeue", null, 2],
      [1, "dequeue", null, 1],
    );
    expect(shown(swapped, queue())).toMatchInlineSnapshot(`
      "invalid
      nonsequential [0,2,4,6]
      no one order of all operations keeps that of each session and explains what was answered
        process 0 enqueued 1 (event 0), then enqueued 2 (event 2)
        process 1 dequeued 2 (event 4), then dequeued 1 (event 6)"
    `);
    const late = inTurn([1, "dequeue", null, 1], [0, "enqueue", 1, 1], [1, "dequeue", null, null]);
    expect(shown(late, queue())).toBe("valid");
  });

  test("a counter that one session sees go back", () => {
    expect(shown(inTurn([0, "add", 1, 1], [1, "read", null, 1], [1, "read", null, 0]), counter())).toMatch(
      /^invalid\nnonsequential/,
    );
  });

  test("a log that two sessions read in two orders", () => {
    const forked = inTurn(
      [0, "append", 1, 1],
      [1, "append", 2, 2],
      [2, "read", null, [1]],
      [3, "read", null, [2]],
    );
    expect(shown(forked, log())).toMatch(/^invalid\nnonsequential/);
  });

  test("a model of one's own", () => {
    const latch: Model = {
      name: "latch",
      init: "open",
      step: (state, { f, output }) =>
        f === "close"
          ? { state: "closed" }
          : state === output
            ? { state }
            : { rejected: `it is ${String(state)}` },
    };
    expect(shown(inTurn([0, "close", null, null], [1, "look", null, "open"]), latch)).toBe("valid");
    expect(shown(inTurn([0, "close", null, null], [0, "look", null, "open"]), latch)).toMatch(/^invalid/);
  });
});

describe("operations of which nobody knows", () => {
  test("take effect at any time after their session's, or never", () => {
    expect(shown(sessionsOf("0: w x 1 info", "1: r x null, r x 1"))).toBe("valid");
    expect(shown(sessionsOf("0: w x 1, w x 2 open", "1: r x 2, r x 1"))).toMatch(/^invalid/);
    expect(shown(sessionsOf("0: w x 1 info, r x null", "1: r x 1"))).toBe("valid");
  });

  test("may have been seen by a refused compare-and-set alone", () => {
    const model = casRegister({ init: 1, failedCas: "observed" });
    expect(shown(sessionsOf("0: w x 2 open", "1: cas x 1 3 fail"), model)).toBe("valid");
    expect(shown(sessionsOf("1: cas x 1 3 fail"), model)).toMatch(/^invalid/);
  });
});

describe("large histories", () => {
  test("of a store that orders all writes and reads locally are valid, and not linearizable", () => {
    const history = historyOf(localReadsHistory(new Random(1), { operations: 3000, processes: 6, keys: 5 }));
    expect(linearizable(register()).check(history).validity).toBe("invalid");
    expect(sequential(register()).check(history).validity).toBe("valid");
  });

  test("with one read that was wrong come out with a few operations", () => {
    const events = localReadsHistory(new Random(2), { operations: 3000, processes: 6, keys: 5 });
    const at = events.findLastIndex(({ type, f }) => type === "ok" && f === "read");
    const wrong = events.with(at, { ...(events[at] as BareEvent), value: null });
    const { validity, anomalies } = check(sequential(register()), wrong);
    expect(validity).toBe("invalid");
    expect(anomalies[0]?.operations.length).toBeLessThanOrEqual(3);
  });

  test("that no session connects are decided one by one", () => {
    const ofTwo = [...sessionsOf("0: w x 1, r x 1"), ...sessionsOf("1: w y 1, r y null")];
    expect(check(sequential(register()), ofTwo).anomalies[0]?.key).toBe("y");
  });
});

describe("a budget", () => {
  const history = localReadsHistory(new Random(3), { operations: 200, processes: 4, keys: 2 });

  test.each([
    ["budget-time", { timeMs: -1 }],
    ["budget-memory", { memoryBytes: 1 }],
    ["budget-configurations", { configurations: 1 }],
  ])("that does not suffice ends in unknown: %s", (code, budget) => {
    const { validity, reasons } = check(sequential(register()), history, budget);
    expect([validity, reasons[0]?.code]).toEqual(["unknown", code]);
  });

  test("says how far the search got", () => {
    const { reasons } = check(sequential(register()), history, { configurations: 3 });
    expect(reasons[0]?.message).toMatch(
      /^no verdict within 3 configurations: placed \d+ of 200 operations at most, in \d choices$/,
    );
  });

  test("an empty history shows nothing", () => {
    expect(shown([])).toBe("unknown\nempty-history");
  });

  test("what does not fit the model is refused", () => {
    expect(() => shown(inTurn([0, "push", 1, 1]), createModel("register"))).toThrow(
      "does not fit model register",
    );
  });
});
