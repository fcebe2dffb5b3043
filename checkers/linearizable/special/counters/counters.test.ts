import { describe, expect, test } from "vitest";
import { Random } from "../../../../harness/clock/random.ts";
import { counter, uniqueIds } from "../../../models/index.ts";
import { type Clients, clientHistory } from "../../../testing/client-history.ts";
import { modelClients } from "../../../testing/model-clients.ts";
import { loosened, tightened } from "../../../testing/overlap-changes.ts";
import { agreement, verdictOfLarge } from "../../../testing/special-agreement.ts";
import { specialVerdict } from "../../../testing/special-verdict.ts";
import { told } from "../../../testing/told-history.ts";

/** Of counters three times as many. */
const ROUNDS = 8_000;

/** Clients that add one of some amounts, by some of the operations. */
function adding(amounts: readonly number[], functions: readonly string[]): Clients {
  return {
    ask({ random }) {
      const f = random.pick(functions);
      return { f, input: f === "read" ? null : random.pick(amounts) };
    },
    answer(state, { f, input }) {
      if (f === "add") return input;
      return f === "read" ? state : [input, (state as number) + (input as number)];
    },
    invent({ f, input }, { random }) {
      const value = (amounts[0] as number) * random.between(0, 5);
      if (f === "add") return input;
      return f === "read" ? value : [input, value];
    },
  };
}

const FUNCTIONS = [
  ["add", "read"],
  ["add", "add", "read", "add-and-get"],
  ["add-and-get", "read"],
];

describe("counters whose increments are equal", () => {
  test("agree with the definition and with the search", () => {
    const tally = agreement(ROUNDS, 1, (random) => ({
      model: counter({ init: random.pick([0, 3]) }),
      clients: adding([random.pick([1, 2, -1])], random.pick(FUNCTIONS)),
    }));
    expect(tally["declined"]).toBe(0);
    expect(tally["valid"]).toBeGreaterThan(ROUNDS / 4);
    expect(tally["invalid"]).toBeGreaterThan(ROUNDS / 10);
  }, 120_000);

  test("a lost increment: two had completed, and a read sees one", () => {
    const events = told("0 add 1", "1 add 1", "0 ok", "1 ok", "0 read", "0 ok 1");
    expect(specialVerdict(events, counter())).toEqual({
      verdict: "invalid",
      checker: "counter-levels",
      rows: [0, 1, 2],
      row: 2,
      why: "but 2 increments of 1 had completed before it was invoked",
    });
  });

  test("of many increments, the violation of a lost one keeps one more than the read saw", () => {
    const adds = Array.from({ length: 50 }, () => ["0 add 1", "0 ok"]).flat();
    const { rows } = specialVerdict(told(...adds, "0 read", "0 ok 2"), counter());
    expect(rows).toEqual([0, 1, 2, 50]);
  });

  test("a sum from nowhere: a read sees more than was added", () => {
    const events = told("0 add 1", "1 read", "1 ok 2", "0 ok", "0 add 1", "0 ok");
    expect(specialVerdict(events, counter())).toMatchObject({
      verdict: "invalid",
      rows: [0, 1],
      why: "but only 1 increment of 1 had been invoked by then",
    });
  });

  test("a crashed increment may have taken effect, late, or never", () => {
    const crashed = ["0 add 1", "0 info"];
    for (const seen of [[0], [1], [0, 1]]) {
      const reads = seen.flatMap((value) => ["1 read", `1 ok ${value}`]);
      expect(specialVerdict(told(...crashed, ...reads), counter()).verdict).toBe("valid");
    }
    const back = told(...crashed, "1 read", "1 ok 1", "1 read", "1 ok 0");
    expect(specialVerdict(back, counter())).toMatchObject({
      verdict: "invalid",
      why: "but the counter had come to 1 before it was invoked",
    });
  });

  test("increments between two reads count, whatever was before", () => {
    const early = ["3 add 1", "0 add 1", "0 read", "0 ok 1", "1 add 1", "1 ok", "2 add 1", "2 ok"];
    const events = told(...early.slice(0, 2), "4 read", "4 ok 1", ...early.slice(4), "4 read", "4 ok 2");
    expect(specialVerdict(events, counter()).verdict).toBe("invalid");
    expect(specialVerdict(events.with(-1, { ...events.at(-1), value: 3 } as never), counter()).verdict).toBe(
      "valid",
    );
  });

  test("increments of different amounts, of which one is silent, are declined", () => {
    const events = told("0 add 1", "0 ok", "0 add 2", "0 ok", "0 read", "0 ok 3");
    expect(specialVerdict(events, counter()).verdict).toBe("declined");
  });
});

describe("counters whose increments answer the sum", () => {
  test("agree with the definition and with the search", () => {
    const tally = agreement(ROUNDS, 2, (random) => ({
      model: counter({ init: random.pick([0, 3]) }),
      clients: {
        ...adding(
          random.pick([
            [1, 2],
            [-1, -3],
            [1, 2, 3],
            [5, -1],
            [4, 0, 3],
          ]),
          ["add-and-get", "add-and-get", "read"],
        ),
        invent: (modelClients["counter"] as () => Clients)().invent,
      },
    }));
    expect(tally["counter-sums"]).toBeGreaterThan(ROUNDS / 3);
    expect(tally["valid"]).toBeGreaterThan(ROUNDS / 4);
    expect(tally["invalid"]).toBeGreaterThan(ROUNDS / 10);
  }, 120_000);

  test("a lost update: two increments start at the same sum", () => {
    const events = told("0 add-and-get 1", "1 add-and-get 2", "0 ok [1,1]", "1 ok [2,2]");
    expect(specialVerdict(events, counter())).toMatchObject({
      verdict: "invalid",
      checker: "counter-sums",
      why: "but another increment took the counter from 0 to 1",
    });
  });

  test("a read of a sum that was passed over", () => {
    const events = told("0 add-and-get 3", "1 add-and-get 2", "0 ok [3,3]", "1 ok [2,5]", "0 read", "0 ok 4");
    expect(specialVerdict(events, counter()).why).toBe("but the increments never come to 4");
  });

  test("a gap that a crashed increment may fill is declined", () => {
    const events = told("0 add-and-get 3", "0 info", "1 add-and-get 2", "1 ok [2,5]");
    expect(specialVerdict(events, counter()).verdict).toBe("declined");
  });
});

describe("any counters", () => {
  test("agree with the definition and with the search wherever they are not declined", () => {
    const clients = modelClients["counter"] as () => Clients;
    const tally = agreement(ROUNDS, 3, (random) => ({
      model: counter({ init: random.pick([0, 2]) }),
      clients: clients(),
    }));
    expect(tally["valid"]).toBeGreaterThan(ROUNDS / 20);
    expect(tally["invalid"]).toBeGreaterThan(ROUNDS / 50);
  }, 120_000);

  test.each([
    ["equal increments", [1], ["add", "read", "add-and-get"]],
    ["sums that are told", [1, 5, 2], ["add-and-get", "read"]],
  ])(
    "a long history stays valid when more overlaps, and invalid when less does: %s",
    (_, amounts, functions) => {
      const random = new Random(4);
      const clients = adding(amounts, functions);
      for (let round = 0; round < 40; round++) {
        const shape = {
          operations: 120,
          processes: 6,
          values: 2,
          keys: [undefined],
          crashed: 0,
          failed: 0.1,
        };
        const valid = clientHistory(random, counter(), clients, { ...shape, invented: 0 });
        expect(specialVerdict(loosened(random, valid), counter()).verdict).toBe("valid");
        const invalid = clientHistory(random, counter(), clients, { ...shape, invented: 0.02 });
        if (specialVerdict(invalid, counter()).verdict !== "invalid") continue;
        expect(specialVerdict(tightened(random, invalid), counter()).verdict).toBe("invalid");
      }
    },
  );

  test("long valid histories with crashed and failed operations are valid", () => {
    const clients = adding([2], ["add", "read", "add-and-get"]);
    expect(verdictOfLarge(5, counter(), clients, 2000)).toEqual({
      verdict: "valid",
      checker: "counter-levels",
    });
  });
});

describe("unique identifiers", () => {
  test("agree with the definition and with the search", () => {
    const clients = modelClients["unique-ids"] as () => Clients;
    const tally = agreement(20_000, 6, () => ({ model: uniqueIds(), clients: clients() }));
    expect(tally["declined"]).toBe(0);
    expect(tally["valid"]).toBeGreaterThan(5_000);
    expect(tally["invalid"]).toBeGreaterThan(1_000);
  }, 120_000);

  test("a duplicate id", () => {
    const events = told("0 generate", "0 ok 7", "1 generate", "2 generate", "2 ok 8", "1 ok 7");
    expect(specialVerdict(events, uniqueIds())).toEqual({
      verdict: "invalid",
      checker: "distinct-ids",
      rows: [0, 1],
      row: 1,
      why: "but 7 was generated twice",
    });
  });

  test("a crashed or failed one generated nothing that anyone saw", () => {
    const events = told("0 generate", "0 info", "1 generate", "1 fail", "2 generate", "2 ok 1");
    expect(specialVerdict(events, uniqueIds()).verdict).toBe("valid");
  });
});
