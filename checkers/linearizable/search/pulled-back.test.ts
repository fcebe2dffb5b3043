import { describe, expect, test } from "vitest";
import { Random } from "../../../harness/clock/random.ts";
import { casRegister, type Model } from "../../models/index.ts";
import { drawn } from "../../testing/drawn-register-history.ts";
import { type BareEvent, historyOf } from "../../testing/history-of.ts";
import { atomicHistory } from "../../testing/random-register-history.ts";
import { stepMeter } from "../meter.ts";
import { prepare } from "../preparation/prepare.ts";
import { NEVER, type Problem } from "../preparation/problem.ts";
import { pulledBack } from "./pulled-back.ts";
import { ALL_REDUCTIONS, search } from "./search.ts";
import { Transitions } from "./transitions.ts";

const MODEL = casRegister({ init: 0 });

function problemOf(events: readonly BareEvent[], model: Model): Problem {
  const [part] = prepare(historyOf(events), model).parts;
  if (part === undefined) throw new Error("no operations");
  return part.problem().problem;
}

/** What completes, in order; those with a `!` were put in. */
function completions(drawing: string): string {
  const problem = problemOf(drawn(drawing), MODEL);
  const { problem: pulled } = pulledBack(problem, MODEL);
  const names = Array.from(pulled.events)
    .filter((event) => event & 1)
    .map((event) => {
      const { f, input, output } = problem.classes[problem.classOf[event >> 1] as number]?.operation ?? {};
      const crashed = problem.deadlines[event >> 1] === NEVER;
      return `${f} ${JSON.stringify(f === "read" ? output : input)}${crashed ? "!" : ""}`;
    });
  return names.join(", ");
}

describe("a crashed operation is due", () => {
  test("just before the first completion of one that observed it", () => {
    expect(
      completions(`
        0  |-w1-?
        1  |-w2-|
        2         |-r1----|
        3          |-r1-|`),
    ).toBe("write 2, write 1!, read 1, read 1");
  });

  test("also where it was observed by one that crashed itself, and was observed", () => {
    expect(
      completions(`
        0  |-w1-?
        1  |-c1:2--?
        2            |-r2-|`),
    ).toBe("write 1!, cas [1,2]!, read 2");
  });
});

describe("a crashed operation stays open", () => {
  test.each([
    ["where another one leaves the same value", "0  |-w1-?\n1  |-w1-|\n2   |-r1-|", "write 1, read 1"],
    ["where the value was there from the start", "0  |-w0-?\n2  |-r0-|", "read 0"],
    ["where nobody observed it for certain", "0  |-w1-?\n1  |-w2-|\n2  |-c1:3--?\n3  |-c1:4--?", "write 2"],
  ])("%s", (_, drawing, expected) => {
    expect(completions(drawing)).toBe(expected);
  });
});

test("the verdict and the position of a violation stay as they were", () => {
  let pulls = 0;
  for (let ordinal = 0; ordinal < 2_000; ordinal++) {
    const random = new Random(8).fork(ordinal);
    const shape = {
      operations: 14,
      processes: 4,
      values: random.between(4, 12),
      withCas: random.chance(0.5),
      crashed: 0.4,
      failed: 0,
    };
    const events = atomicHistory(random, shape, 0).map((event) =>
      event.f === "read" && event.type === "ok" && random.chance(0.1)
        ? { ...event, value: random.int(shape.values) }
        : event,
    );
    const problem = problemOf(events, MODEL);
    if (pulledBack(problem, MODEL).problem !== problem) pulls++;
    const [plain, pulled] = [false, true].map((flag) => {
      const meter = stepMeter(1e6, 1e8);
      const reductions = { ...ALL_REDUCTIONS, pulledBack: flag };
      const transitions = () => new Transitions(MODEL, problem.classes, meter);
      const { verdict, progress } = search(problem, transitions, meter, reductions);
      return { verdict, position: progress.position };
    });
    expect(pulled).toEqual(plain);
  }
  expect(pulls).toBeGreaterThan(300);
});
