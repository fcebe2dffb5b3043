import { describe, expect, test } from "vitest";
import { casRegister, queue, register } from "../models/index.ts";
import { check, sessionsOf } from "../testing/check-registers.ts";
import { ALL_GUARANTEES, type Guarantee } from "./guarantees.ts";
import { sessions } from "./sessions.ts";

const shown = (history: ReturnType<typeof sessionsOf>, guarantees: readonly Guarantee[] = ALL_GUARANTEES) => {
  const { validity, anomalies, reasons } = check(sessions(casRegister(), guarantees), history);
  return [
    validity,
    ...anomalies.map(({ type, message, operations }) => `${type} [${operations}]\n${message}`),
    ...reasons.map(({ code }) => code),
  ].join("\n");
};

describe("read your writes", () => {
  test("is broken by a read of the initial value after one's own write", () => {
    expect(shown(sessionsOf("0: w x 1, r x null"), ["read-your-writes"])).toMatchInlineSnapshot(`
      "invalid
      older-than-own-write [0,2]
      process 0 read null from x, the initial value, which is older than what its session had written before: process 0 wrote 1 to x
        process 0 wrote 1 to x (event 0), then read null from x (event 2)"
    `);
  });

  test("allows a session to read what another one wrote over its own write", () => {
    expect(shown(sessionsOf("0: w x 1, r x 2", "1: w x 2"), ["read-your-writes"])).toBe("valid");
  });

  test("is broken by two sessions that each read the other's write: no one order has both", () => {
    const crossed = sessionsOf("0: w x 1, r x 2", "1: w x 2, r x 1");
    expect(shown(crossed, ["read-your-writes"])).toMatchInlineSnapshot(`
      "invalid
      arbitration-cycle [0,1,4,5]
      no one order of all writes explains what was read
        process 0 wrote 1 to x before process 1 wrote 2 to x, as process 0 read 2 from x where both are visible
        process 1 wrote 2 to x before process 0 wrote 1 to x, as process 1 read 1 from x where both are visible
        process 0 wrote 1 to x (event 0), then read 2 from x (event 4)
        process 1 wrote 2 to x (event 1), then read 1 from x (event 5)"
    `);
    for (const other of ALL_GUARANTEES.slice(1)) expect(shown(crossed, [other])).toMatch(/^valid/);
  });

  test("alone does not order one's own writes, and that is said", () => {
    const stale = sessionsOf("0: w x 1, w x 2, r x 1");
    expect(shown(stale, ["read-your-writes"])).toBe("valid\nolder-than-own-write");
    expect(shown(stale, ["read-your-writes", "monotonic-writes"])).toMatchInlineSnapshot(`
      "invalid
      older-than-own-write [0,2,4]
      process 0 read 1 from x, which is older than what its session had written before: process 0 wrote 2 to x
        process 0 wrote 1 to x (event 0), then wrote 2 to x (event 2), then read 1 from x (event 4)"
    `);
  });
});

describe("monotonic reads", () => {
  test("is broken by a read of the initial value after another one", () => {
    expect(shown(sessionsOf("0: w x 1", "1: r x 1, r x null"), ["monotonic-reads"])).toMatchInlineSnapshot(`
      "invalid
      older-than-earlier-read [0,1,4]
      process 1 read null from x, the initial value, which is older than what its session had read before: process 1 read 1 from x
        process 0 wrote 1 to x (event 0)
        process 1 read 1 from x (event 1), then read null from x (event 4)"
    `);
  });

  test("is broken by going back and forth", () => {
    const flapping = sessionsOf("0: w x 1", "1: w x 2", "2: r x 1, r x 2, r x 1");
    expect(shown(flapping, ["monotonic-reads"])).toMatchInlineSnapshot(`
      "invalid
      arbitration-cycle [0,1,2,6,8]
      no one order of all writes explains what was read
        process 0 wrote 1 to x before process 1 wrote 2 to x, as process 2 read 2 from x where both are visible
        process 1 wrote 2 to x before process 0 wrote 1 to x, as process 2 read 1 from x where both are visible
        process 0 wrote 1 to x (event 0)
        process 1 wrote 2 to x (event 1)
        process 2 read 1 from x (event 2), then read 2 from x (event 6), then read 1 from x (event 8)"
    `);
  });

  test("alone does not order the writes of a session, and that is said", () => {
    const back = sessionsOf("0: w x 1, w x 2", "1: r x 2, r x 1");
    expect(shown(back, ["monotonic-reads"])).toBe("valid\nolder-than-earlier-read");
    expect(shown(back, ["monotonic-reads", "monotonic-writes"])).toMatch(/^invalid\nolder-than-earlier-read/);
  });
});

describe("monotonic writes", () => {
  test("alone cannot be seen to be broken, and that is said", () => {
    expect(shown(sessionsOf("0: w x 1, w x 2", "1: r x 2, r x 1"), ["monotonic-writes"])).toBe(
      "valid\nunobservable",
    );
  });

  test("shows across keys with monotonic reads", () => {
    const gap = sessionsOf("0: w x 1, w y 1", "1: r y 1, r x null");
    expect(shown(gap, ["monotonic-reads"])).toBe("valid");
    expect(shown(gap, ["monotonic-writes", "monotonic-reads"])).toMatchInlineSnapshot(`
      "invalid
      older-than-visible-write [0,1,4,5]
      process 1 read null from x, the initial value, which is older than what must be visible to it: process 0 wrote 1 to x
        process 0 wrote 1 to x (event 0), then wrote 1 to y (event 4)
        process 1 read 1 from y (event 1), then read null from x (event 5)"
    `);
  });
});

describe("writes follow reads", () => {
  test("is broken by an answer that is there without its question", () => {
    const reply = sessionsOf("0: w x 1", "1: r x 1, w y 1", "2: r y 1, r x null");
    expect(shown(reply, ["writes-follow-reads"])).toBe("valid");
    expect(shown(reply, ["writes-follow-reads", "monotonic-reads"])).toMatchInlineSnapshot(`
      "invalid
      older-than-visible-write [0,1,2,6,7]
      process 2 read null from x, the initial value, which is older than what must be visible to it: process 0 wrote 1 to x
        process 0 wrote 1 to x (event 0)
        process 1 read 1 from x (event 1), then wrote 1 to y (event 6)
        process 2 read 1 from y (event 2), then read null from x (event 7)"
    `);
  });

  test("is broken by writing after having read what one has yet to write", () => {
    expect(shown(sessionsOf("0: r x 1, w x 1"), ["writes-follow-reads"])).toMatchInlineSnapshot(`
      "invalid
      write-before-itself [0,2]
      process 0 wrote 1 to x, and must have been visible to its session before
        process 0 read 1 from x (event 0), then wrote 1 to x (event 2)"
    `);
  });

  test("holds of a compare-and-set between what it found and what it wrote", () => {
    const chain = sessionsOf("0: w x 1", "1: cas x 1 2", "2: cas x 2 3", "3: r x 3, r x 1");
    expect(shown(chain, ["monotonic-reads"])).toBe("valid\nolder-than-earlier-read");
    expect(shown(chain, ["monotonic-reads", "writes-follow-reads"])).toMatchInlineSnapshot(`
      "invalid
      older-than-earlier-read [0,1,2,3,8]
      process 3 read 1 from x, which is older than what its session had read before: process 3 read 3 from x
        process 0 wrote 1 to x (event 0)
        process 1 changed x from 1 to 2 by compare-and-set (event 1)
        process 2 changed x from 2 to 3 by compare-and-set (event 2)
        process 3 read 3 from x (event 3), then read 1 from x (event 8)"
    `);
  });
});

describe("all four", () => {
  test("hold of a store that answers from one copy", () => {
    expect(shown(sessionsOf("0: w x 1, r y 2", "1: w y 2, r x 1, cas x 1 3", "2: r x 1, r x 3"))).toBe(
      "valid",
    );
  });

  test("are broken by a value that nobody wrote, and a failed write is named", () => {
    expect(shown(sessionsOf("0: r x 7"))).toMatchInlineSnapshot(`
      "invalid
      ThinAirRead [0]
      process 0 read 7 from x (event 0 to event 1), which nothing wrote that can have taken effect"
    `);
    expect(shown(sessionsOf("0: r x 7", "1: w x 7 fail"))).toMatchInlineSnapshot(`
      "invalid
      ThinAirRead [0,1]
      process 0 read 7 from x (0.000 s to 0.002 s), which nothing wrote that can have taken effect
        process 1 wrote 7 to x (0.001 s to 0.003 s, and was told that it failed)"
    `);
  });
});

describe("crashed operations", () => {
  test("took effect where somebody read from them", () => {
    expect(shown(sessionsOf("0: w x 1 info", "1: r x 1, r x null"))).toMatch(
      /^invalid\nolder-than-earlier-read/,
    );
    expect(shown(sessionsOf("0: w x 1, w x 2 open", "1: r x 2, r x 1"))).toMatch(/^invalid/);
  });

  test("are nothing where nobody did", () => {
    expect(shown(sessionsOf("0: w x 1 info", "1: r x null"))).toBe("valid");
  });

  test("come before nothing that their process did later", () => {
    expect(shown(sessionsOf("0: w x 1 info, r x null", "1: r x 1"))).toBe("valid");
  });
});

describe("what the history does not tell", () => {
  test("is said where a value was written twice, and a violation is one all the same", () => {
    const twice = sessionsOf("0: w x 1", "1: w x 1", "2: r x 1");
    expect(shown(twice)).toBe("unknown\nambiguous-reads");
    expect(shown([...twice, ...sessionsOf("3: w y 1, r y null")])).toMatch(/^invalid/);
  });

  test("the initial value written again is written twice", () => {
    expect(shown(sessionsOf("0: w x null, r x null"))).toBe("unknown\nambiguous-reads");
  });

  test("is said where refused compare-and-set are observed", () => {
    const observed = sessions(casRegister({ failedCas: "observed" }));
    const refused = sessionsOf("0: cas x 1 2 fail");
    expect(check(observed, refused).reasons.map(({ code }) => code)).toEqual(["refused-compare-and-set"]);
    expect(shown(refused)).toBe("valid");
  });

  test("an empty history shows nothing", () => {
    expect(shown([])).toBe("unknown\nempty-history");
  });

  test("a model of something else is refused", () => {
    expect(() => sessions(queue())).toThrow("session of model queue cannot be judged");
  });

  test("a check that runs out of time or memory says so", () => {
    const history = sessionsOf("0: w x 1, r x 1");
    expect(check(sessions(register()), history, { timeMs: -1 }).reasons[0]?.code).toBe("budget-time");
    expect(check(sessions(register()), history, { memoryBytes: 1 }).reasons[0]?.code).toBe("budget-memory");
  });
});
