import { describe, expect, test } from "vitest";
import { Random } from "../../../../harness/clock/random.ts";
import { createModel } from "../../../models/index.ts";
import { type Clients, clientHistory, type HistoryShape } from "../../../testing/client-history.ts";
import { modelClients } from "../../../testing/model-clients.ts";
import { judgedDecisions } from "../../../testing/special-decision.ts";

const HISTORIES = 20_000;

function randomShape(random: Random): HistoryShape {
  return {
    operations: random.between(2, 12),
    processes: random.between(2, 6),
    values: random.pick([1, 1, 2]),
    keys: [undefined],
    crashed: random.pick([0, 0.1, 0.3]),
    failed: random.pick([0, 0.2]),
    invented: random.pick([0, 0.1, 0.3]),
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

describe("decisions about the elements of a set agree with the definition, and can be checked", () => {
  test("on 20,000 small histories", () => {
    const seen = { valid: 0, invalid: 0, declined: 0 };
    const model = createModel("set");
    for (let ordinal = 0; ordinal < HISTORIES; ordinal++) {
      const random = new Random(29).fork(ordinal);
      const events = clientHistory(random, model, ofElements, randomShape(random));
      for (const { decided, fault } of judgedDecisions(events, model)) {
        seen[decided?.verdict ?? "declined"]++;
        if (fault === undefined) continue;
        expect.fail(
          [`history ${ordinal}: ${fault}`, ...events.map((event) => JSON.stringify(event))].join("\n"),
        );
      }
    }
    expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(HISTORIES / 8);
    expect(seen.declined).toBe(0);
  }, 240_000);
});
