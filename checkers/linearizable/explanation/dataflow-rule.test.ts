import { describe, expect, test } from "vitest";
import { Random } from "../../../harness/clock/random.ts";
import { casRegister } from "../../models/index.ts";
import { drawn } from "../../testing/drawn-register-history.ts";
import { type BareEvent, historyOf } from "../../testing/history-of.ts";
import { atomicHistory } from "../../testing/random-register-history.ts";
import { stepMeter } from "../meter.ts";
import { prepare } from "../preparation/prepare.ts";
import { lastOperation, type Problem, restrict } from "../preparation/problem.ts";
import { search } from "../search/search.ts";
import { Transitions } from "../search/transitions.ts";
import { DataflowRule } from "./dataflow-rule.ts";
import { intervals } from "./intervals.ts";

const MODEL = casRegister({ init: 0, failedCas: "observed" });

function problemOf(events: readonly BareEvent[]): Problem {
  return prepare(historyOf(events), MODEL).parts[0]?.problem().problem as Problem;
}

/** The operations that must come back, by number, when only those in `kept` stay. */
function missed(drawing: string, ...kept: number[]): number[] {
  const problem = problemOf(drawn(drawing));
  const keep = new Uint8Array(problem.size);
  for (const operation of kept) keep[operation] = 1;
  return new DataflowRule(intervals(problem, MODEL), lastOperation(problem)).missing(keep);
}

describe("what a smaller proof must not lose", () => {
  test("is a write whose value an operation that stays may have seen", () => {
    const drawing = `
      0  |-w1-|  |-w2-|  |-r1-|
      1             |--w1--|`;
    expect(missed(drawing, 1, 3)).toEqual([2]);
    expect(missed(drawing, 0, 1, 2)).toEqual([]);
  });

  test("not one that was certainly overwritten before that operation began", () => {
    const drawing = "0  |-w1-|  |-w1-|  |-w2-|  |-r1-|";
    expect(missed(drawing, 1, 2, 3)).toEqual([]);
  });

  test("but the last that wrote the value stays in any case, to tell where it came from", () => {
    expect(missed("0  |-w1-|  |-w1-|  |-w2-|  |-r1-|", 2, 3)).toEqual([1]);
  });

  test("is any write before a comparison that was false, as far as none in between stays", () => {
    const drawing = "0  |-w1-|  |-w2-|  |-c3:4-x";
    // The second write clears the first.
    expect(missed(drawing, 2)).toEqual([1]);
    expect(missed(drawing, 1, 2)).toEqual([]);
  });
});

test("what the rule lets go takes no order away: of a valid history, every part that it allows is valid", () => {
  let parts = 0;
  for (let ordinal = 0; ordinal < 4000; ordinal++) {
    const random = new Random(21).fork(ordinal);
    const shape = {
      operations: random.between(4, 14),
      processes: random.between(1, 4),
      values: random.between(2, 4),
      withCas: random.chance(0.6),
      crashed: random.pick([0, 0.2]),
      failed: 0,
    };
    const events = atomicHistory(random, shape, 0);
    const problem = prepare(historyOf(events), MODEL).parts[0]?.problem().problem;
    if (problem === undefined || problem.completions === 0) continue;
    const all = intervals(problem, MODEL);
    const rule = new DataflowRule(all, lastOperation(problem));
    for (let attempt = 0; attempt < 10; attempt++) {
      const keep = Uint8Array.from(all, () => (random.chance(0.6) ? 1 : 0));
      if (rule.missing(keep).length > 0 || !all.some(({ operation, pure }) => !pure && keep[operation] === 0))
        continue;
      parts++;
      const part = restrict(problem, keep, problem.completions - 1);
      const meter = stepMeter(1e6, 1e8);
      const { verdict } = search(part, () => new Transitions(MODEL, part.classes, meter), meter);
      if (verdict !== "valid") expect.fail(`history ${ordinal}, keeping ${keep}: ${JSON.stringify(events)}`);
    }
  }
  // Parts that lost an operation with an effect; otherwise this tells nothing.
  expect(parts).toBeGreaterThan(2000);
});
