import { describe, expect, test } from "vitest";
import { Random } from "../../../../harness/clock/random.ts";
import type { Json } from "../../../../harness/history/index.ts";
import { casRegister, createModel, type Model, type ModelOptions } from "../../../models/index.ts";
import { faultOfOrder } from "../../../testing/fault-of-order.ts";
import { type BareEvent, historyOf } from "../../../testing/history-of.ts";
import { hasLinearization } from "../../../testing/oracle.ts";
import { type RarelyRewritten, rarelyRewritten } from "../../../testing/rarely-rewritten-register.ts";
import { stepMeter } from "../../meter.ts";
import { type Part, prepare } from "../../preparation/prepare.ts";
import { search } from "../../search/search.ts";
import { Transitions } from "../../search/transitions.ts";
import { type Decided, decideSpecially } from "../index.ts";

const meter = () => stepMeter(1e8, 1e9);

interface Case {
  readonly events: readonly BareEvent[];
  readonly model: Model;
  readonly part: Part;
  readonly decision: Decided | undefined;
}

/** What the special checkers say of a history of one object. */
function caseOf(events: readonly BareEvent[], model: Model): Case | undefined {
  const part = prepare(historyOf(events), model).parts[0];
  return part && { events, model, part, decision: decideSpecially(part, model, meter()) };
}

/** What is wrong with a decision, if anything. */
function flaw({ part, model, decision }: Case, expected: "valid" | "invalid"): string | undefined {
  if (decision === undefined) return undefined;
  if (decision.verdict !== expected) return `it is ${expected}, not ${decision.verdict}`;
  if (decision.verdict === "valid") return faultOfOrder(part, model, decision.order());
  const { rows, row } = decision.violation;
  if (!rows.every((each, at) => part.rows.includes(each) && (at === 0 || each > (rows[at - 1] as number)))) {
    return "the witness is not part of the object in order of invocation";
  }
  const problem = part.problemOf(rows);
  const found = search(problem, () => new Transitions(model, problem.classes, meter()), meter());
  if (found.verdict !== "invalid") return "the witness has an order";
  const failing = problem.rows[problem.deadlines.indexOf(found.progress.position)];
  return failing === row ? undefined : `the witness fails with row ${failing}, not ${row}`;
}

function report(ordinal: number, wrong: string, { events, decision }: Case): string {
  return [`history ${ordinal}: ${wrong}`, ...events, decision].map((each) => JSON.stringify(each)).join("\n");
}

function randomShape(random: Random, cas: number): RarelyRewritten {
  return {
    operations: random.between(2, 8),
    processes: random.between(2, 4),
    init: random.pick([null, 0]),
    cas,
    again: random.pick([0, 0, 0.1, 0.3]),
    crashed: random.pick([0, 0.1, 0.4]),
    wrong: random.pick([0, 0.3, 0.6]),
  };
}

/** As a key-value store has it: a write of null is a deletion. */
function asKv({ f, value, ...event }: BareEvent): BareEvent {
  if (f === "read") return { ...event, f: "get", value };
  return { ...event, f: value === null ? "delete" : "put", value };
}

interface Kind {
  readonly name: string;
  readonly model: string;
  readonly options: ModelOptions;
  readonly cas: number;
  readonly checker: string;
  /** Of 20,000, how many that checker decides at least. */
  readonly decided: number;
}

const KINDS: readonly Kind[] = [
  { name: "register", model: "register", options: {}, cas: 0, checker: "zones", decided: 15_000 },
  { name: "key of a store", model: "kv", options: {}, cas: 0, checker: "zones", decided: 15_000 },
  {
    name: "cas-register",
    model: "cas-register",
    options: {},
    cas: 0.5,
    checker: "cas-chains",
    decided: 9_000,
  },
  {
    name: "cas-register that is mostly compared and set",
    model: "cas-register",
    options: { nilReads: "unknown" },
    cas: 0.9,
    checker: "cas-chains",
    decided: 12_000,
  },
  {
    name: "cas-register whose refusals are answers",
    model: "cas-register",
    options: { failedCas: "observed" },
    cas: 0.7,
    checker: "cas-chains",
    decided: 9_000,
  },
];

describe("every decision is that of the definition, and has an order or a witness to show for it", () => {
  test.each(KINDS)(
    "on 20,000 small histories of a $name",
    ({ model: name, options, cas, checker, decided }) => {
      const seen: Record<string, number> = {};
      const count = (what: string) => {
        seen[what] = (seen[what] ?? 0) + 1;
      };
      for (let ordinal = 0; ordinal < 20_000; ordinal++) {
        const random = new Random(11).stream(`${name} ${cas}`).fork(ordinal);
        const shape = randomShape(random, cas);
        const model = createModel(name, { ...options, init: shape.init });
        const events = rarelyRewritten(random, shape);
        const found = caseOf(name === "kv" ? events.map(asKv) : events, model);
        if (found === undefined) continue;
        const reading = {
          observesFailure: (f: string) => f === "cas" && options.failedCas === "observed",
          saysNothing: ({ f, type, output }: { f: string; type: string; output?: Json }) =>
            options.nilReads === "unknown" && f === "read" && type === "ok" && output === null,
        };
        const expected = hasLinearization(found.events, model, reading) ? "valid" : "invalid";
        const wrong = flaw(found, expected);
        if (wrong !== undefined) expect.fail(report(ordinal, wrong, found));
        count(found.decision?.checker ?? "declined");
        if (found.decision !== undefined) count(found.decision.verdict);
      }
      // Each verdict must be common, or the comparison tells little.
      expect(Math.min(seen["valid"] ?? 0, seen["invalid"] ?? 0)).toBeGreaterThan(3_000);
      expect(seen[checker]).toBeGreaterThan(decided);
    },
    120_000,
  );
});

test("of a register the completion is blamed with which the history ceases to have an order", () => {
  let invalid = 0;
  for (let ordinal = 0; ordinal < 5_000; ordinal++) {
    const random = new Random(12).fork(ordinal);
    const shape = randomShape(random, 0);
    const model = createModel("register", { init: shape.init });
    const found = caseOf(rarelyRewritten(random, shape), model);
    if (found?.decision?.verdict !== "invalid") continue;
    invalid++;
    const end = found.part.history.columns.completeIndex[found.decision.violation.row] as number;
    if (!hasLinearization(found.events.slice(0, end), model)) {
      expect.fail(report(ordinal, "it had no order before", found));
    }
  }
  expect(invalid).toBeGreaterThan(1_000);
});

describe("the verdict stays when", () => {
  const verdictOf = (events: readonly BareEvent[]) =>
    caseOf(events, casRegister({ init: 0 }))?.decision?.verdict;
  const cases = Array.from({ length: 2_000 }, (_, ordinal) => {
    const random = new Random(13).fork(ordinal);
    const shape = { ...randomShape(random, ordinal % 2 === 0 ? 0 : 0.6), init: 0, operations: 20 };
    return { random, events: rarelyRewritten(random, shape) };
  });

  test("values get other names", () => {
    // The initial value keeps its own.
    const renamed = (value: Json): Json =>
      Array.isArray(value)
        ? value.map(renamed)
        : value === 0 || value === null
          ? value
          : { is: [`v${value}`] };
    for (const { events } of cases) {
      const others = events.map((event) => ({ ...event, value: renamed(event.value) }));
      expect(verdictOf(others)).toBe(verdictOf(events));
    }
  });

  test("an operation crashes that nobody observes", () => {
    for (const { random, events } of cases) {
      const crashed: BareEvent = random.pick([
        { type: "invoke", process: 99, f: "write", value: "unseen" },
        { type: "invoke", process: 99, f: "cas", value: [10, "unseen"] },
      ]);
      const at = random.int(events.length + 1);
      const more = [...events.slice(0, at), crashed, ...events.slice(at)];
      expect(verdictOf(more)).toBe(verdictOf(events));
    }
  });

  test("a process that only reads leaves a valid history, and one that no witness names an invalid one", () => {
    let left = 0;
    for (const { events } of cases) {
      const found = caseOf(events, casRegister({ init: 0 }));
      const { decision } = found ?? {};
      if (found === undefined || decision === undefined) continue;
      const { process } = found.part.history.columns;
      const stay = new Set<unknown>(
        decision.verdict === "invalid"
          ? Array.from(decision.violation.rows, (row) => process[row])
          : events.filter(({ f }) => f !== "read").map((event) => event.process),
      );
      const one = events.find((event) => !stay.has(event.process))?.process;
      if (one === undefined) continue;
      left++;
      const rest = verdictOf(events.filter((event) => event.process !== one));
      // Without it, other values can be told apart no more: a rival of the witness may be gone, but never its proof.
      if (decision.verdict === "valid") expect(rest).toBe("valid");
      else expect(rest).not.toBe("valid");
    }
    expect(left).toBeGreaterThan(200);
  });
});
