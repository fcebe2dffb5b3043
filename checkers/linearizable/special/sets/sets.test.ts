import { describe, expect, test } from "vitest";
import type { Random } from "../../../../harness/clock/random.ts";
import type { Json } from "../../../../harness/history/index.ts";
import { createModel } from "../../../models/index.ts";
import type { Clients, HistoryShape } from "../../../testing/client-history.ts";
import { modelClients } from "../../../testing/model-clients.ts";
import { agreement } from "../../../testing/special-agreement.ts";
import { specialVerdict } from "../../../testing/special-verdict.ts";
import { told } from "../../../testing/told-history.ts";

const HISTORIES = 20_000;
const model = createModel("set");

function randomShape(random: Random): HistoryShape {
  return {
    operations: random.between(2, 12),
    processes: random.between(2, 6),
    values: random.pick([1, 1, 2]),
    keys: [undefined],
    crashed: random.pick([0, 0.1, 0.3]),
    failed: random.pick([0, 0.2]),
    invented: random.pick([0, 0.3, 0.5]),
  };
}

const ofSets = modelClients["set"]?.(null) as Clients;

/** Clients that never read the whole set. */
const ofElements: Clients = {
  ...ofSets,
  ask(values, state) {
    for (;;) {
      const question = ofSets.ask(values, state);
      if (question.f !== "read") return question;
    }
  },
};

/** Clients that add and read all. */
const growing: Clients = {
  ask({ random, fresh }) {
    if (random.chance(0.5)) return { f: "read", input: null };
    const element = fresh();
    return { f: "add", input: random.chance(0.5) ? element : [element, null] };
  },
  answer(state, { f, input }, { random }) {
    const held = state as readonly Json[];
    if (f === "read") return random.shuffle(held);
    return Array.isArray(input) ? [input[0] as Json, !held.includes(input[0] as Json)] : input;
  },
  invent({ f, input }, { random, some }) {
    if (f === "add") return input;
    const seen = Array.from({ length: random.int(3) }, some);
    return random.chance(0.9) ? [...new Set(seen)] : seen;
  },
};

describe("decisions about sets agree with the definition and the search, and their proofs hold", () => {
  test("on 20,000 small histories of few elements", () => {
    const tally = agreement(HISTORIES, 29, (random) => ({
      model,
      clients: ofElements,
      shape: randomShape(random),
    }));
    expect(Math.min(tally["valid"] as number, tally["invalid"] as number)).toBeGreaterThan(HISTORIES / 5);
    expect(tally["declined"]).toBe(0);
  }, 240_000);

  test("on 20,000 small histories of sets that only grow and are read whole", () => {
    const tally = agreement(HISTORIES, 31, (random) => ({
      model,
      clients: growing,
      swapping: "read",
      shape: {
        ...randomShape(random),
        operations: random.between(2, 10),
        values: random.pick(["distinct", "distinct", "distinct", 12]),
      },
    }));
    expect(Math.min(tally["valid"] as number, tally["invalid"] as number)).toBeGreaterThan(HISTORIES / 5);
    expect(tally["declined"]).toBeLessThan(HISTORIES / 4);
  }, 240_000);
});

describe("one element", () => {
  test("is in or out, and whoever was told of a change changed it", () => {
    const twice = told("0 add [1,null]", "0 ok [1,true]", "1 add [1,null]", "1 ok [1,true]");
    expect(specialVerdict(twice, model)).toMatchObject({
      verdict: "invalid",
      checker: "set-element",
      why: "but in no order that fits the other answers was 1 out of the set then",
      rows: [0, 1],
    });
  });

  test("an addition that says nothing may have changed something, or not", () => {
    const plain = told(
      "0 add 1",
      "1 add [1,null]",
      "0 ok 1",
      "1 ok [1,true]",
      "2 contains [1,null]",
      "2 ok [1,true]",
    );
    expect(specialVerdict(plain, model).verdict).toBe("valid");
  });

  test("one that crashed may come at any time, once", () => {
    const crashed = [
      ...told(
        "0 add [1,null]",
        "0 info",
        "1 remove [1,null]",
        "1 ok [1,true]",
        "1 contains [1,null]",
        "1 ok [1,true]",
      ),
    ];
    expect(specialVerdict(crashed, model)).toMatchObject({
      verdict: "invalid",
      why: "but in no order that fits the other answers was 1 in the set then",
      rows: [0, 1, 2],
    });
    expect(specialVerdict(crashed.slice(0, 4), model).verdict).toBe("valid");
  });

  test("a witness begins where all was quiet, with what put the element in", () => {
    const events = told(
      ...["0 add [1,null]", "0 ok [1,true]", "0 remove [1,null]", "0 ok [1,true]"],
      ...[
        "0 add [1,null]",
        "0 ok [1,true]",
        "0 contains [1,null]",
        "0 ok [1,false]",
        "0 remove [1,null]",
        "0 ok [1,true]",
      ],
    );
    expect(specialVerdict(events, model)).toMatchObject({ verdict: "invalid", rows: [2, 3] });
  });

  test("more crashed changes than are followed are for the search", () => {
    const events = Array.from({ length: 31 }, (_, process) => ({
      ...{ type: "invoke" as const, process, f: "add", value: [1, null] },
    }));
    const seen = told("99 contains [1,null]", "99 ok [1,true]");
    expect(specialVerdict([...events, ...seen], model).verdict).toBe("declined");
  });
});

describe("a set that is read whole", () => {
  const read = (...lines: string[]) => specialVerdict(told(...lines), model);

  test.each<[string, string, string[]]>([
    ["an element that nobody added", "but 2 was never added", ["0 read", "0 ok [2]"]],
    [
      "an element twice",
      "but a set holds 1 once, and it stands there twice",
      ["0 add 1", "0 ok 1", "0 read", "0 ok [1,1]"],
    ],
    [
      "an element before it was added",
      "but 1 was added only later",
      ["0 read", "0 ok [1]", "0 add 1", "0 ok 1"],
    ],
    [
      "less than was added",
      "but 1 had been added before, and nothing was ever removed",
      ["0 add 1", "0 ok 1", "0 read", "0 ok []"],
    ],
    [
      "less than was read",
      "but a read before it saw 1, and nothing was ever removed",
      ["1 add 1", "0 read", "0 ok [1]", "0 read", "0 ok []"],
    ],
    [
      "what was added later, and not what was added before",
      "but it saw 2, and 1 had been added before that",
      ["1 read", "0 add 1", "0 ok 1", "0 add 2", "0 ok 2", "1 ok [2]"],
    ],
    [
      "what does not fit another read",
      "but another read saw 1 and not 2, and nothing was ever removed",
      ["0 add 1", "1 add 2", "2 read", "3 read", "2 ok [1]", "3 ok [2]"],
    ],
  ])("shows not %s", (_, why, lines) => {
    expect(read(...lines)).toMatchObject({ verdict: "invalid", checker: "grow-only-set", why });
  });

  test("shows a crashed addition or not, but not now and then", () => {
    expect(read("0 add 1", "0 info", "1 read", "1 ok []", "1 read", "1 ok [1]").verdict).toBe("valid");
    expect(read("0 add 1", "0 info", "1 read", "1 ok [1]", "1 read", "1 ok []").verdict).toBe("invalid");
  });

  test("is for the search where something is removed", () => {
    expect(read("0 add 1", "0 ok 1", "0 remove 1", "0 ok 1", "0 read", "0 ok []").verdict).toBe("declined");
  });
});
