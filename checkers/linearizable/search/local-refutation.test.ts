import { describe, expect, test } from "vitest";
import { Random } from "../../../harness/clock/random.ts";
import { casRegister, type Model } from "../../models/index.ts";
import { drawn } from "../../testing/drawn-register-history.ts";
import { generatedHistory } from "../../testing/generated-history.ts";
import { generatedRegister } from "../../testing/generated-register.ts";
import { type BareEvent, historyOf } from "../../testing/history-of.ts";
import { atomicHistory } from "../../testing/random-register-history.ts";
import { stepMeter } from "../meter.ts";
import { prepare } from "../preparation/prepare.ts";
import type { Problem } from "../preparation/problem.ts";
import { LocalRefutation } from "./local-refutation.ts";
import { ALL_REDUCTIONS, search } from "./search.ts";
import { Transitions } from "./transitions.ts";

const MODEL = casRegister({ init: 0 });

function problemOf(events: readonly BareEvent[], model: Model): Problem {
  const [part] = prepare(historyOf(events), model).parts;
  if (part === undefined) throw new Error("no operations");
  return part.problem().problem;
}

function refutation(problem: Problem, model: Model, firstStretch: number): LocalRefutation {
  const meter = stepMeter(1e8, 1e8);
  const transitions = new Transitions(model, problem.classes, meter);
  const setting = { problem, openAtStart: 0, isBlind: (number: number) => transitions.isBlind(number) };
  return new LocalRefutation(setting, transitions, ALL_REDUCTIONS, meter, firstStretch);
}

describe("what happened shortly before a completion", () => {
  const PAST = "0  |-w1-|  |-w2-|  |-w3-|  |-w1-|  |-w2-|  |-w1-|  |-w2-|";

  test("can be enough to show that it has no place", () => {
    const problem = problemOf(drawn(`${PAST}  |-r1-|`), MODEL);
    expect(refutation(problem, MODEL, 1).refutes(7, 1000)).toBe(true);
  });

  test("shows nothing where one that was open may explain it", () => {
    const problem = problemOf(drawn(`${PAST}  |-r1-|\n1      |-w1-?`), MODEL);
    expect(refutation(problem, MODEL, 1).refutes(7, 1000)).toBe(false);
  });

  test("shows nothing for a model that does not tell what operations leave", () => {
    const { dataflow: _, ...reticent } = MODEL;
    const problem = problemOf(drawn(`${PAST}  |-r1-|`), reticent);
    expect(refutation(problem, reticent, 1).refutes(7, 1000)).toBe(false);
  });

  test("shows what is wrong at the end of a long history, in steps that do not grow with it", () => {
    const model = casRegister();
    for (const operations of [2_000, 20_000]) {
      const object = generatedRegister({ values: 5, withCas: true });
      const events = [...generatedHistory(object, { operations, clients: 20, violation: "end", seed: 1 })];
      const problem = problemOf(events, model);
      const meter = stepMeter(1e7, 1e8);
      const transitions = () => new Transitions(model, problem.classes, meter);
      const { progress } = search(problem, transitions, meter);
      expect(refutation(problem, model, 8).refutes(progress.position, 60_000)).toBe(true);
    }
  });
});

test("no completion is refuted that has a place, however short the stretch", () => {
  let refuted = 0;
  for (let ordinal = 0; ordinal < 1_500; ordinal++) {
    const random = new Random(6).fork(ordinal);
    const shape = {
      operations: random.between(8, 30),
      processes: random.between(3, 9),
      values: random.between(2, 4),
      withCas: random.chance(0.6),
      crashed: random.pick([0, 0.2]),
      failed: 0.1,
    };
    const events = atomicHistory(random, shape, 0).map((event) =>
      event.f === "read" && event.type === "ok" && random.chance(0.05)
        ? { ...event, value: random.int(shape.values) }
        : event,
    );
    const problem = problemOf(events, MODEL);
    const meter = stepMeter(1e7, 1e8);
    const transitions = () => new Transitions(MODEL, problem.classes, meter);
    const { verdict, progress } = search(problem, transitions, meter, {
      ...ALL_REDUCTIONS,
      localRefutation: false,
    });
    for (const stretch of [1, 3]) {
      const local = refutation(problem, MODEL, stretch);
      for (let position = 0; position < progress.position; position++) {
        expect(local.refutes(position, 10_000)).toBe(false);
      }
      if (verdict === "invalid" && local.refutes(progress.position, 10_000)) refuted++;
    }
  }
  expect(refuted).toBeGreaterThan(100);
}, 60_000);
