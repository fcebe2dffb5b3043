import { describe, expect, test } from "vitest";
import { Random } from "../../../../harness/clock/random.ts";
import type { Json } from "../../../../harness/history/index.ts";
import { createModel } from "../../../models/index.ts";
import { type Clients, clientHistory, type HistoryShape } from "../../../testing/client-history.ts";
import { judgedDecisions } from "../../../testing/special-decision.ts";
import { withSwappedAnswers } from "../../../testing/swapped-answers.ts";

const HISTORIES = 20_000;

function randomShape(random: Random): HistoryShape {
  return {
    operations: random.between(2, 10),
    processes: random.between(2, 5),
    values: random.pick(["distinct", "distinct", "distinct", 12]),
    keys: [undefined],
    crashed: random.pick([0, 0.1, 0.3]),
    failed: random.pick([0, 0.2]),
    invented: random.pick([0, 0, 0.15]),
  };
}

/** Clients that add and read all; what they invent is a read of most of what is there, or an answer to an addition. */
const growing: Clients = {
  ask: ({ random, fresh }) => {
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

describe("decisions about sets that are read whole agree with the definition, and can be checked", () => {
  test("on 20,000 small histories", () => {
    const seen = { valid: 0, invalid: 0, declined: 0 };
    const model = createModel("set");
    for (let ordinal = 0; ordinal < HISTORIES; ordinal++) {
      const random = new Random(31).fork(ordinal);
      const drawn = clientHistory(random, model, growing, randomShape(random));
      const events = random.chance(0.5) ? withSwappedAnswers(random, drawn, "read") : drawn;
      for (const { decided, fault } of judgedDecisions(events, model)) {
        seen[decided?.verdict ?? "declined"]++;
        if (fault === undefined) continue;
        expect.fail(
          [`history ${ordinal}: ${fault}`, ...events.map((event) => JSON.stringify(event))].join("\n"),
        );
      }
    }
    expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(HISTORIES / 10);
    expect(seen.declined).toBeLessThan(HISTORIES / 4);
  }, 240_000);
});
