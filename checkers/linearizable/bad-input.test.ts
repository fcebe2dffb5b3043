import { describe, expect, test } from "vitest";
import { AssayError, UsageError } from "../../harness/errors.ts";
import { HistoryBuilder, type Json } from "../../harness/history/index.ts";
import { createModel, type Model, models } from "../models/index.ts";
import { checkEvents } from "../testing/check-events.ts";
import { type BareEvent, historyOf } from "../testing/history-of.ts";
import { linearizable } from "./linearizable.ts";

/** One operation after the other, each by a process of its own: f, value at invocation, value at completion. */
function oneByOne(...operations: readonly (readonly [f: string, input: Json, output: Json])[]): BareEvent[] {
  return operations.flatMap(([f, input, output], process): BareEvent[] => [
    { type: "invoke", process, f, value: input },
    { type: "ok", process, f, value: output },
  ]);
}

const crashed = (f: string, value: Json): BareEvent[] => [{ type: "invoke", process: 0, f, value }];

function errorOf(events: readonly BareEvent[], model: Model): string {
  try {
    return checkEvents(events, model).validity;
  } catch (error) {
    if (error instanceof UsageError) return `${error.code}: ${error.message}`;
    throw error;
  }
}

interface Examples {
  readonly fits: [string, Json, Json];
  readonly misfits: [string, Json, Json][];
}

const SETS: Examples = {
  fits: ["add", [1, null], [1, true]],
  misfits: [
    ["add", null, null],
    ["add", [1, 2], [1, true]],
    ["add", [1, null], [2, true]],
    ["add", [1, null], [1, "yes"]],
    ["contains", 1, [1, true]],
    ["read", null, 3],
    ["read", null, null],
  ],
};

/** For each model an operation that fits, and some whose values do not. */
const VALUES: Readonly<Record<string, Examples>> = {
  register: { fits: ["write", 1, 1], misfits: [["write", 1, 2]] },
  "cas-register": {
    fits: ["cas", [null, 1], [null, 1]],
    misfits: [
      ["cas", 1, 1],
      ["cas", [1], [1]],
      ["cas", [1, 2], [1, 3]],
    ],
  },
  "multi-register": {
    fits: ["txn", [["w", "x", 1]], [["w", "x", 1]]],
    misfits: [
      ["txn", null, null],
      ["txn", [["append", "x", 1]], [["append", "x", 1]]],
      ["txn", [["r", "x"]], [["r", "x"]]],
      ["txn", [["r", "x", null]], null],
      ["txn", [["r", "x", null]], [["r", "y", null]]],
      ["txn", [["w", "x", 1]], [["w", "x", 2]]],
    ],
  },
  append: {
    fits: ["txn", [["append", "x", 1]], [["append", "x", 1]]],
    misfits: [
      ["txn", null, null],
      ["txn", [["w", "x", 1]], [["w", "x", 1]]],
      ["txn", [["append", ["x"], 1]], [["append", ["x"], 1]]],
      ["txn", [["r", "x", null]], [["r", "x", 1]]],
      ["txn", [["r", "x", null]], [["r", "y", []]]],
      ["txn", [["append", "x", 1]], [["append", "x", 2]]],
      ["txn", [["append", "x", 1]], []],
    ],
  },
  kv: {
    fits: ["append", "a", "a"],
    misfits: [
      ["append", 1, 1],
      ["put", null, null],
      ["put", 1, 2],
    ],
  },
  "mv-register": {
    fits: ["write", 1, 1],
    misfits: [
      ["write", 1, 2],
      ["read", null, 1],
      ["read", null, null],
    ],
  },
  set: SETS,
  "or-set": SETS,
  list: {
    fits: ["insert", [1, null], [1, null]],
    misfits: [
      ["insert", 1, 1],
      ["insert", [null, 1], [null, 1]],
      ["insert", [1, null], [2, null]],
      ["remove", null, null],
      ["read", null, null],
    ],
  },
  bag: { fits: ["add", 1, 1], misfits: [["add", null, null]] },
  queue: {
    fits: ["enqueue", 1, 1],
    misfits: [
      ["enqueue", null, null],
      ["enqueue", 1, 2],
    ],
  },
  stack: { fits: ["push", 1, 1], misfits: [["push", null, null]] },
  "priority-queue": {
    fits: ["insert", 1, 1],
    misfits: [
      ["insert", "high", "high"],
      ["poll", null, "high"],
      ["peek", null, [1]],
    ],
  },
  counter: {
    fits: ["add-and-get", 1, [1, 1]],
    misfits: [
      ["add", "1", "1"],
      ["add", 0.5, 0.5],
      ["read", null, null],
      ["add-and-get", 1, 1],
      ["add-and-get", 1, [2, 2]],
    ],
  },
  echo: { fits: ["echo", [1, "a"], [1, "a"]], misfits: [] },
  "unique-ids": { fits: ["generate", null, "a"], misfits: [["generate", null, null]] },
  log: {
    fits: ["append", "a", ["a", 0]],
    misfits: [
      ["append", "a", ["b", 0]],
      ["append", "a", ["a", -1]],
      ["read", null, "a"],
      ["read", null, null],
      ["read", 2, ["a"]],
      ["read", "first", ["a"]],
    ],
  },
  mutex: { fits: ["acquire", null, null], misfits: [] },
  "owner-aware-mutex": { fits: ["acquire", "a", "a"], misfits: [] },
  "fenced-lock": {
    fits: ["acquire", null, 1],
    misfits: [
      ["acquire", null, null],
      ["acquire", null, "one"],
      ["release", null, null],
    ],
  },
  "leased-lock": {
    fits: ["acquire", null, 1],
    misfits: [
      ["acquire", null, "one"],
      ["write", 1, 1],
      ["write", ["one", 1], ["one", 1]],
      ["release", null, null],
    ],
  },
  semaphore: { fits: ["acquire", null, null], misfits: [] },
};

describe.each(Object.keys(models))("the model %s", (name) => {
  const model = createModel(name);
  const { fits, misfits } = VALUES[name] ?? expect.fail(`no values of ${name}`);

  test("judges what fits, also a single operation that nobody answered", () => {
    expect(errorOf(oneByOne(fits), model)).toBe("valid");
    expect(errorOf(crashed(fits[0], fits[1]), model)).toBe("valid");
  });

  test("refuses an operation that it does not know, and names those that it does", () => {
    for (const f of ["frobnicate", "toString", "constructor"]) {
      expect(errorOf(oneByOne(fits, [f, 1, 1]), model)).toBe(
        `history-does-not-fit-model: the operation of event 2 (process 1) does not fit model ${name}: ` +
          `expected one of the operations ${Object.keys(model.operations ?? {}).join(", ")}, found ${f} 1 → 1`,
      );
    }
  });

  test.each(misfits)("refuses %s %j answered with %j", (...operation) => {
    expect(errorOf(oneByOne(fits, operation), model)).toContain(
      `history-does-not-fit-model: the operation of event 2 (process 1) does not fit model ${name}: expected `,
    );
  });
});

describe("a value of the right type that cannot be is a violation", () => {
  test.each<[string, [string, Json, Json]]>([
    ["queue", ["dequeue", null, 7]],
    ["stack", ["pop", null, 7]],
    ["priority-queue", ["poll", null, 7]],
    ["bag", ["remove", null, 7]],
    ["set", ["contains", [7, null], [7, true]]],
    ["set", ["read", null, [7]]],
    ["set", ["read", null, [1, 1]]],
    ["or-set", ["read", null, [7]]],
    ["mv-register", ["read", null, [7]]],
    ["list", ["read", null, [7]]],
    ["log", ["read", null, [7]]],
    ["counter", ["read", null, 7]],
    ["kv", ["get", null, 7]],
    ["register", ["read", null, 7]],
    ["multi-register", ["txn", [["r", "x", null]], [["r", "x", 7]]]],
    ["append", ["txn", [["r", "x", null]], [["r", "x", [7]]]]],
    ["mutex", ["release", null, null]],
    ["owner-aware-mutex", ["release", null, null]],
    ["fenced-lock", ["release", 7, 7]],
    ["leased-lock", ["write", [7, "v"], [7, "v"]]],
    ["semaphore", ["release", null, null]],
  ])("for the model %s: %j", (name, operation) => {
    expect(errorOf(oneByOne(operation), createModel(name))).toBe("invalid");
  });

  test("two identifiers that are the same", () => {
    const twice = oneByOne(["generate", null, "a"], ["generate", null, "a"]);
    expect(errorOf(twice, createModel("unique-ids"))).toBe("invalid");
  });
});

describe("an unusual history gets its verdict", () => {
  test("of a hundred thousand processes", () => {
    const events = Array.from({ length: 100_000 }, (_, process): BareEvent[] => {
      const key = `k${process % 1000}`;
      return [
        { type: "invoke", process, f: "write", key, value: process },
        { type: "ok", process, f: "write", key, value: process },
      ];
    }).flat();
    expect(checkEvents(events, createModel("register")).validity).toBe("valid");
    const stale: BareEvent[] = [
      { type: "invoke", process: 0, f: "read", key: "k0", value: null },
      { type: "ok", process: 0, f: "read", key: "k0", value: 0 },
    ];
    expect(checkEvents([...events, ...stale], createModel("register")).validity).toBe("invalid");
  }, 60_000);

  test("of crashed operations alone", () => {
    const events = Array.from({ length: 50 }, (_, process): BareEvent[] => [
      { type: "invoke", process, f: "enqueue", value: process },
      ...(process % 2 === 0 ? [{ type: "info", process, f: "enqueue", value: process } as const] : []),
    ]).flat();
    expect(checkEvents(events, createModel("queue")).validity).toBe("valid");
  });

  test("of times that go backwards: the order of the events decides", () => {
    const builder = new HistoryBuilder();
    const events = oneByOne(["write", 1, 1], ["write", 2, 2], ["read", null, 1]);
    for (const [index, event] of events.entries()) builder.add({ ...event, time: 1000 - index });
    const context = { budget: { timeMs: 1000, memoryBytes: 2 ** 24 }, nowMs: () => 0 };
    expect(linearizable(createModel("register")).check(builder.finish(), context).validity).toBe("invalid");
  });
});

test("a key that is an object is refused where a history is made: it would be another object each time", () => {
  const key: string = JSON.parse('{"id":1}');
  expect(() => historyOf([{ type: "invoke", process: 0, f: "read", key, value: null }])).toThrow(
    "a key is a string or a number, not an object",
  );
});

test("a counter beyond what a number holds exactly is counted exactly all the same", () => {
  const most = Number.MAX_SAFE_INTEGER;
  const there = [
    ["add", most, most],
    ["add", 2, 2],
    ["add", -most, -most],
  ] as const;
  expect(errorOf(oneByOne(...there, ["read", null, 2]), createModel("counter"))).toBe("valid");
  expect(errorOf(oneByOne(...there, ["read", null, 1]), createModel("counter"))).toBe("invalid");
});

describe("an initial value that means nothing to the model is refused", () => {
  test.each<[string, Json, string]>([
    ["counter", "three", 'the initial value of a counter is an integer, not "three"'],
    ["counter", 0.5, "the initial value of a counter is an integer, not 0.5"],
    ["semaphore", 0, "the initial value of a semaphore is an integer from 1, not 0"],
  ])("%s, %j", (name, init, message) => {
    expect(() => createModel(name, { init })).toThrow(message);
  });
});

describe("a model of one's own that is wrong is named, with the operation and its event", () => {
  const events = oneByOne(["put", 1, 1], ["take", null, 1]);
  const own = (step: unknown, more: object = {}): Model =>
    ({ name: "mine", init: [], step, ...more }) as Model;

  test("where its step throws", () => {
    const step = (state: Json[], { f }: { f: string }) => {
      if (f === "take") throw new TypeError("cannot read properties of undefined");
      return { state: [...state, 1] };
    };
    expect(errorOf(events, own(step))).toMatchInlineSnapshot(
      `"model-failed: step of model mine, asked about take null → 1 of event 2 (process 1), in the state [1] failed: cannot read properties of undefined"`,
    );
  });

  test.each<[string, unknown]>([
    ["nothing", undefined],
    ["a bare state", [1]],
    ["text", "no"],
    ["a promise", Promise.resolve({ state: 1 })],
    ["a state that is undefined", { state: undefined }],
    ["a state that is no JSON", { state: new Map() }],
    ["a state with a hole", { state: { a: undefined } }],
    ["a state that is not a number", { state: Number.NaN }],
    ["a state with a cycle", { state: cyclic() }],
    ["both a state and a reason", { state: 1, rejected: "no" }],
    ["a reason that is no text", { rejected: true }],
  ])("where its step gives %s", (_, answer) => {
    expect(
      errorOf(
        events,
        own(() => answer),
      ),
    ).toMatch(
      /^model-answers-nonsense: step of model mine, asked about put 1 → 1 of event 0 \(process 0\), in the state \[\] gave /,
    );
  });

  test("where its step changes the state that it is given", () => {
    const step = (state: Json[]) => {
      state.push(1);
      return { state };
    };
    expect(errorOf(events, own(step))).toMatchInlineSnapshot(
      `"model-changes-state: step of model mine, asked about put 1 → 1 of event 0 (process 0), changed the state [] in place to [1]"`,
    );
  });

  test.each<[string, unknown]>([
    ["about", () => 1],
    ["describe", () => 1],
    ["describeState", () => undefined],
  ])("where what its %s tells of a violation is nonsense", (member, answer) => {
    const step = (state: Json, { f }: { f: string }) => (f === "take" ? { rejected: "no" } : { state });
    expect(errorOf(events, own(step, { [member]: answer }))).toMatch(
      new RegExp(`^model-answers-nonsense: ${member} of model mine`),
    );
  });

  test.each<[string, unknown]>([
    ["isPure", () => "yes"],
    ["isVoid", () => 0],
    ["split", () => () => 1],
    ["observesFailure", () => null],
    ["transition", () => undefined],
    [
      "isPure",
      () => {
        throw new Error("no");
      },
    ],
  ])("where its %s gives nonsense or throws", (member, answer) => {
    const step = (state: Json) => ({ state });
    const failing: BareEvent[] = [{ type: "fail", process: 1, f: "take", value: null }];
    const some = member === "observesFailure" ? [...events.slice(0, 3), ...failing] : events;
    expect(errorOf(some, own(step, { [member]: answer }))).toMatch(
      new RegExp(`^model-(answers-nonsense|failed): ${member} of model mine, asked about `),
    );
  });

  test.each<[string, object]>([
    ["its shapes throw", { operations: { put: { input: { text: "v", what: "v", fits: () => nowhere() } } } }],
    ["its misfit throws", { misfit: () => nowhere() }],
    ["its misfit is no text", { misfit: () => true }],
  ])("where %s", (_, more) => {
    expect(
      errorOf(
        events,
        own((state: Json) => ({ state }), more),
      ),
    ).toMatch(
      /^model-(answers-nonsense|failed): operations and misfit of model mine, asked about put 1 → 1 of event 0 /,
    );
  });

  test.each<[string, unknown, string]>([
    ["no object", 3, "the model is none: it is no object"],
    ["no name", { init: 0, step: () => ({ state: 0 }) }, "the model is none: it has no name"],
    ["no step", { name: "mine", init: 0 }, "model mine is none: it has no function step"],
    [
      "no state",
      { name: "mine", step: () => ({ state: 0 }) },
      "model mine is none: a value of type undefined",
    ],
  ])("where it has %s", (_, model, message) => {
    expect(errorOf(events, model as Model)).toContain(`bad-model: ${message}`);
  });

  test("but an error that the model raises on purpose is its own", () => {
    class Refusal extends UsageError {}
    const step = () => {
      throw new Refusal({ code: "mine", message: "not this" });
    };
    expect(() => checkEvents(events, own(step))).toThrow(AssayError);
    expect(errorOf(events, own(step))).toBe("mine: not this");
  });
});

function cyclic(): Json {
  const list: Json[] = [];
  list.push(list);
  return list;
}

function nowhere(): never {
  throw new TypeError("nowhere is not a place");
}
