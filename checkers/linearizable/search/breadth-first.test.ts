import { expect, test } from "vitest";
import { casRegister, type Model, register } from "../../models/index.ts";
import { generatedHistory } from "../../testing/generated-history.ts";
import { generatedRegister } from "../../testing/generated-register.ts";
import { type BareEvent, historyOf } from "../../testing/history-of.ts";
import { type Meter, stepMeter } from "../meter.ts";
import { prepare } from "../preparation/prepare.ts";
import type { Problem } from "../preparation/problem.ts";
import { BreadthFirst } from "./breadth-first.ts";
import { ALL_REDUCTIONS, type Reductions, search } from "./search.ts";
import { INITIAL, Transitions } from "./transitions.ts";

function problemOf(events: readonly BareEvent[], model: Model): Problem {
  const [part] = prepare(historyOf(events), model).parts;
  if (part === undefined) throw new Error("no operations");
  return part.problem().problem;
}

/** The most memory at a time that a search asks for, in bytes. */
function peak(problem: Problem, model: Model, strategy: Reductions["strategy"]): number {
  let used = 0;
  let most = 0;
  const meter: Meter = {
    spend() {},
    allocate(sizeBytes) {
      used += sizeBytes;
      most = Math.max(most, used);
    },
  };
  const found = search(problem, () => new Transitions(model, problem.classes, meter), meter, {
    ...ALL_REDUCTIONS,
    strategy,
  });
  expect(found.verdict).toBe("valid");
  return most;
}

test("breadth first, memory beside the list of operations does not grow with the history", () => {
  const model = casRegister();
  const [short, long] = [500, 8_000].map((operations) => {
    const object = generatedRegister({ values: 5, withCas: true });
    const events = [...generatedHistory(object, { operations, clients: 8, seed: 2 })];
    const problem = problemOf(events, model);
    return peak(problem, model, "breadth") - 29 * problem.size;
  }) as [number, number];
  expect(long).toBeLessThan(2 * short);
});

test("where nothing is open, configurations are bare states: none is kept for what is over", () => {
  // Two clients write two values over and over, and rest together in between.
  const events = Array.from({ length: 300 }, (_, round) => [
    { type: "invoke", process: 0, f: "write", value: 1 } as const,
    { type: "invoke", process: 1, f: "write", value: 2 } as const,
    { type: "ok", process: round % 2, f: "write", value: 1 + (round % 2) } as const,
    { type: "ok", process: 1 - (round % 2), f: "write", value: 2 - (round % 2) } as const,
  ]).flat();
  const model = register();
  const problem = problemOf(events, model);
  const meter = stepMeter(1e6, 1e7);
  const transitions = new Transitions(model, problem.classes, meter);
  const setting = { problem, openAtStart: 0, isBlind: () => false };
  const walk = new BreadthFirst(setting, transitions, ALL_REDUCTIONS, meter, [INITIAL]);
  while (walk.run(1) === undefined) {
    if (walk.progress.open !== 2 || walk.progress.position % 2 !== 0 || walk.progress.position === 0)
      continue;
    expect([...walk.configurations()].length).toBeLessThanOrEqual(8);
  }
  expect(Array.from(walk.configurations(), ({ state }) => transitions.state(state)).sort()).toEqual([1, 2]);
});
