import { describe, expect, test } from "vitest";
import { Random } from "../../../../harness/clock/random.ts";
import { createModel } from "../../../models/index.ts";
import { type Clients, clientHistory, type HistoryShape } from "../../../testing/client-history.ts";
import { modelClients } from "../../../testing/model-clients.ts";
import { judgedDecisions } from "../../../testing/special-decision.ts";
import { withSwappedAnswers } from "../../../testing/swapped-answers.ts";

const HISTORIES = 20_000;

/** The operation of each model that takes a value out. */
const TAKES = { queue: "dequeue", stack: "pop", "priority-queue": "poll", bag: "remove" } as const;

function randomShape(random: Random): HistoryShape {
  return {
    operations: random.between(2, 10),
    processes: random.between(2, 5),
    values: random.pick(["distinct", "distinct", "distinct", 6]),
    keys: [undefined],
    crashed: random.pick([0, 0.1, 0.3]),
    failed: random.pick([0, 0.2]),
    invented: random.pick([0, 0.2, 0.5]),
  };
}

describe("decisions about containers agree with the definition, and can be checked", () => {
  test.each(Object.keys(TAKES) as (keyof typeof TAKES)[])(
    "on 20,000 small histories of a %s",
    (name) => {
      const seen = { valid: 0, invalid: 0, declined: 0 };
      const model = createModel(name);
      const clients = modelClients[name]?.(null) as Clients;
      for (let ordinal = 0; ordinal < HISTORIES; ordinal++) {
        const random = new Random(23).stream(name).fork(ordinal);
        const drawn = clientHistory(random, model, clients, randomShape(random));
        const events = random.chance(0.4) ? withSwappedAnswers(random, drawn, TAKES[name]) : drawn;
        for (const { decided, fault } of judgedDecisions(events, model)) {
          seen[decided?.verdict ?? "declined"]++;
          if (fault === undefined) continue;
          expect.fail(
            [`history ${ordinal}: ${fault}`, ...events.map((event) => JSON.stringify(event))].join("\n"),
          );
        }
      }
      expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(HISTORIES / 5);
      expect(seen.declined).toBeLessThan(HISTORIES / 4);
    },
    240_000,
  );
});
