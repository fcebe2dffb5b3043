import { describe, expect, test } from "vitest";
import { casRegister, type Model, register } from "../../models/index.ts";
import { drawn } from "../../testing/drawn-register-history.ts";
import { historyOf } from "../../testing/history-of.ts";
import { prepare } from "./prepare.ts";

/** What is kept, by key: the function and the value of each operation, in order of invocation. */
function kept(drawing: string, model: Model = casRegister({ init: 0 })): Record<string, string[]> {
  const history = historyOf(drawn(drawing));
  const parts = prepare(history, model).parts.map((part) => {
    const operations = Array.from(part.problem().problem.rows, (row) => history.operation(row));
    const texts = operations.map(
      ({ f, input, output }) => `${f} ${JSON.stringify(f === "read" ? output : input)}`,
    );
    return [part.key ?? "", texts] as const;
  });
  return Object.fromEntries(parts);
}

describe("left out of a problem are", () => {
  test("failed operations, reads without answer, and the nemesis", () => {
    expect(
      kept(`
        0        |-w1-x  |-r1-x  |-c0:1-x  |-w5-|
        1        |-r1-?
        nemesis  |-w1-|`),
    ).toEqual({ "": ["write 5"] });
  });

  test("but not failed comparisons that are taken for answers", () => {
    expect(kept("0  |-c0:1-x", casRegister({ failedCas: "observed" }))).toEqual({ "": ["cas [0,1]"] });
  });

  test("reads that tell nothing", () => {
    expect(kept("0  |-rn-|  |-r1-|", register({ nilReads: "unknown" }))).toEqual({ "": ["read 1"] });
  });

  test("crashed writes that were invoked after the last look at their value", () => {
    expect(
      kept(`
        0  |-w1-?
        1          |-r1-|
        2                  |-w1-?
        3     |-w3-?`),
    ).toEqual({ "": ["write 1", "read 1"] });
  });

  test("crashed comparisons that nobody observed, and then what only they could have observed", () => {
    expect(
      kept(`
        0  |-w5-?  |-w9-|
        1  |-c5:6-?
        2  |-c6:7-?`),
    ).toEqual({ "": ["write 9"] });
    expect(
      kept(`
        0  |-w5-?
        1  |-c5:6-?
        2  |-c6:7-?   |-r7-|`),
    ).toEqual({ "": ["write 5", "cas [5,6]", "cas [6,7]", "read 7"] });
  });

  test("no crashed write that can make a failed comparison right", () => {
    expect(
      kept(
        `
        0  |-w5-?
        1          |-c0:1-x`,
        casRegister({ init: 0, failedCas: "observed" }),
      ),
    ).toEqual({ "": ["write 5", "cas [0,1]"] });
  });
});

test("each key is a problem of its own, the smallest first", () => {
  const parts = kept("0  |-w1@a-|  |-w2@a-|  |-w3@b-|  |-w4@c-|");
  expect(Object.keys(parts)).toEqual(["b", "c", "a"]);
});

test("a problem numbers operations by invocation, and completions by their order", () => {
  const history = historyOf(
    drawn(`
      0  |--w1--|
      1   |-w2-|    |-r1-|
      2    |-w1--?`),
  );
  const problem = prepare(history, register()).parts[0]?.problem().problem;
  expect(problem && [...problem.deadlines]).toEqual([1, 0, 0x7fff_ffff, 2]);
  expect(problem && [...problem.events]).toEqual([0, 2, 4, 3, 1, 6, 7]);
  expect(problem && [...problem.classOf]).toEqual([0, 1, 0, 2]);
});
