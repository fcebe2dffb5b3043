import { describe, expect, test } from "vitest";
import type { Checker } from "../../harness/ports/checker.ts";
import { casRegister, type Model } from "../models/index.ts";
import { sequential } from "../sequential/sequential.ts";
import { check, sessionsOf } from "../testing/check-registers.ts";
import { causal, causalConvergence, causalMemory, pram } from "./causal.ts";

const shown = (checker: (model: Model) => Checker, ...lines: readonly string[]) => {
  const { validity, anomalies, reasons } = check(checker(casRegister()), sessionsOf(...lines));
  return [
    validity,
    ...anomalies.map(({ type, message, operations }) => `${type} [${operations}]\n${message}`),
    ...reasons.map(({ code }) => code),
  ].join("\n");
};

/** Which of the models a history obeys. */
const obeyed = (...lines: readonly string[]) =>
  [sequential, causalMemory, causalConvergence, causal, pram]
    .map((checker) => checker(casRegister()))
    .filter((checker) => check(checker, sessionsOf(...lines)).validity === "valid")
    .map(({ name }) => name);

describe("the histories of figure 2 of Bouajjani et al. (POPL 2017)", () => {
  test("(a) is causal memory, and not convergent", () => {
    const lines = ["0: w x 1, r x 2", "1: w x 2, r x 1"];
    expect(obeyed(...lines)).toEqual(["causal-memory", "causal", "pram"]);
    expect(shown(causalConvergence, ...lines)).toMatchInlineSnapshot(`
      "invalid
      CyclicCF [0,1,4,5]
      no one order of all writes explains what was read
        process 1 wrote 2 to x before process 0 wrote 1 to x, as process 1 read 1 from x and knew of the other
        process 0 wrote 1 to x before process 1 wrote 2 to x, as process 0 read 2 from x and knew of the other
        process 0 wrote 1 to x (event 0), then read 2 from x (event 4)
        process 1 wrote 2 to x (event 1), then read 1 from x (event 5)"
    `);
  });

  test("(b) is convergent, and not causal memory", () => {
    const lines = ["0: w z 1, w x 1, w y 1", "1: w x 2, r z null, r y 1, r x 2"];
    expect(obeyed(...lines)).toEqual(["causal-convergence", "causal"]);
    expect(shown(causalMemory, ...lines)).toMatchInlineSnapshot(`
      "invalid
      WriteHBInitRead [0,1,4,5,8,9,12]
      process 1 read null from z, the initial value, but for that session process 0 wrote 1 to z comes before it
        process 0 wrote 1 to x before process 1 wrote 2 to x, as process 1 read 2 from x and knew of the other
        process 0 wrote 1 to z (event 0), then wrote 1 to x (event 4), then wrote 1 to y (event 8)
        process 1 wrote 2 to x (event 1), then read null from z (event 5), then read 1 from y (event 9), then read 2 from x (event 12)"
    `);
  });

  test("(c) is causal, and neither", () => {
    const lines = ["0: w x 1", "1: w x 2, r x 1, r x 2"];
    expect(obeyed(...lines)).toEqual(["causal"]);
  });

  test("(d) is both, and not sequential", () => {
    const lines = ["0: w x 1, r y null, w y 1, r x 1", "1: w x 2, r y null, w y 2, r x 2"];
    expect(obeyed(...lines)).toEqual(["causal-memory", "causal-convergence", "causal", "pram"]);
  });

  test("(e) is not even causal", () => {
    const lines = ["0: w x 1, w y 1", "1: r y 1, w x 2", "2: r x 2, r x 1"];
    expect(obeyed(...lines)).toEqual(["pram"]);
    expect(shown(causal, ...lines)).toMatchInlineSnapshot(`
      "invalid
      WriteCORead [0,1,2,6,7,8]
      process 2 read 1 from x, but that had been overwritten in its causal past
        process 1 wrote 2 to x: causally after the value that was read, and before the read
        process 0 wrote 1 to x (event 0), then wrote 1 to y (event 6)
        process 1 read 1 from y (event 1), then wrote 2 to x (event 7)
        process 2 read 2 from x (event 2), then read 1 from x (event 8)"
    `);
  });
});

describe("each bad pattern has a witness", () => {
  test("CyclicCO: two sessions that read what the other writes later", () => {
    expect(shown(causal, "0: r x 1, w y 1", "1: r y 1, w x 1", "2: w z 1")).toMatchInlineSnapshot(`
      "invalid
      CyclicCO [0,1,6,7]
      process 1 wrote 1 to x, which comes causally before itself
        each of these was read from, or came later in a session than, the one before it, all the way round:
        process 0 read 1 from x (event 0), then wrote 1 to y (event 6)
        process 1 read 1 from y (event 1), then wrote 1 to x (event 7)"
    `);
  });

  test("WriteCOInitRead: the initial value after having seen a later one", () => {
    expect(shown(causal, "0: w x 1, w y 1", "1: r y 1, w z 1", "2: r z 1, r x null")).toMatchInlineSnapshot(`
      "invalid
      WriteCOInitRead [0,1,2,6,7,8]
      process 2 read null from x, the initial value, but process 0 wrote 1 to x comes causally before that
        process 0 wrote 1 to x (event 0), then wrote 1 to y (event 6)
        process 1 read 1 from y (event 1), then wrote 1 to z (event 7)
        process 2 read 1 from z (event 2), then read null from x (event 8)"
    `);
  });

  test("ThinAirRead: a value that nobody wrote", () => {
    for (const checker of [causal, causalConvergence, causalMemory, pram]) {
      expect(shown(checker, "0: w x 1, r x 2")).toMatch(/^invalid\nThinAirRead \[2\]/);
    }
  });

  test("WriteHBInitRead: the initial value after what the session must have seen before", () => {
    expect(shown(causalMemory, "0: w z 1, w x 1, w y 1", "1: w x 2, r z null, r y 1, r x 2")).toMatch(
      /^invalid\nWriteHBInitRead/,
    );
  });

  test("CyclicHB: values that one session sees change back", () => {
    expect(shown(causalMemory, "0: w x 1", "1: w x 2", "2: r x 1, r x 2, r x 1")).toMatchInlineSnapshot(`
      "invalid
      CyclicHB [0,1,2,6,8]
      process 2 read 1 from x, and its session cannot have seen the writes in any one order
        process 1 wrote 2 to x before process 0 wrote 1 to x, as process 2 read 1 from x and knew of the other
        process 0 wrote 1 to x before process 1 wrote 2 to x, as process 2 read 2 from x and knew of the other
        process 0 wrote 1 to x (event 0)
        process 1 wrote 2 to x (event 1)
        process 2 read 1 from x (event 2), then read 2 from x (event 6), then read 1 from x (event 8)"
    `);
  });

  test("PRAM: the writes of one session in the wrong order", () => {
    expect(shown(pram, "0: w x 1, w x 2", "1: r x 2, r x 1")).toMatchInlineSnapshot(`
      "invalid
      CyclicPRAM [0,1,4,5]
      process 1 read 1 from x, and its session cannot have seen the writes in any one order
        process 0 wrote 2 to x before process 0 wrote 1 to x, as process 1 read 1 from x and knew of the other
        process 0 wrote 1 to x (event 0), then wrote 2 to x (event 4)
        process 1 read 2 from x (event 1), then read 1 from x (event 5)"
    `);
    expect(shown(pram, "0: w x 1, w y 1", "1: r y 1, r x null")).toMatchInlineSnapshot(`
      "invalid
      WritePRAMInitRead [0,1,4,5]
      process 1 read null from x, the initial value, but for that session process 0 wrote 1 to x comes before it
        process 0 wrote 1 to x (event 0), then wrote 1 to y (event 4)
        process 1 read 1 from y (event 1), then read null from x (event 5)"
    `);
    expect(shown(pram, "0: r x 1, w x 1")).toMatch(/^invalid\nCyclicPRAM \[0,2\]/);
  });
});

describe("the witness is small", () => {
  test("whatever else happened", () => {
    const noise = Array.from({ length: 40 }, (_, at) => `w n ${at}, r n ${at}`).join(", ");
    const { anomalies } = check(
      causal(casRegister()),
      sessionsOf(`0: ${noise}, w x 1`, `1: r x 1, w k 1, w k 2, ${noise.replaceAll(" n ", " m ")}, r x null`),
    );
    expect(anomalies.map(({ operations }) => operations.length)).toEqual([3]);
  });
});

describe("crashed operations and compare-and-set", () => {
  test("a crashed write took effect where somebody read from it", () => {
    expect(obeyed("0: w x 1, w y 1 info", "1: r y 1, r x null")).toEqual([]);
    expect(obeyed("0: w x 1, w y 1 info", "1: r x null")).toContain("sequential");
  });

  test("what a process did after a crashed write does not come after it", () => {
    expect(obeyed("0: w x 1 info, w y 1", "1: r y 1, r x null", "2: r x 1")).toContain("sequential");
  });

  test("two compare-and-set from one value are causal, as none has seen the other", () => {
    expect(obeyed("0: w x 1", "1: cas x 1 2", "2: cas x 1 3")).toEqual([
      "causal-memory",
      "causal-convergence",
      "causal",
      "pram",
    ]);
  });

  test("a value that was written twice leaves it open", () => {
    expect(shown(causal, "0: w x 1", "1: w x 1", "2: r x 1")).toBe("unknown\nambiguous-reads");
  });
});
