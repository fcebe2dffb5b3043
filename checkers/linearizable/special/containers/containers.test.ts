import { describe, expect, test } from "vitest";
import { Random } from "../../../../harness/clock/random.ts";
import { createModel } from "../../../models/index.ts";
import { type Clients, clientHistory, type HistoryShape } from "../../../testing/client-history.ts";
import type { BareEvent } from "../../../testing/history-of.ts";
import { modelClients } from "../../../testing/model-clients.ts";
import { agreement, verdictOfLarge } from "../../../testing/special-agreement.ts";
import { specialVerdict } from "../../../testing/special-verdict.ts";

const HISTORIES = 20_000;

/** The operation of each model that takes a value out. */
const TAKES = { queue: "dequeue", stack: "pop", "priority-queue": "poll", bag: "remove" } as const;
const NAMES = Object.keys(TAKES) as (keyof typeof TAKES)[];

const clientsOf = (name: string) => modelClients[name]?.(null) as Clients;

function randomShape(random: Random): HistoryShape {
  return {
    operations: random.between(2, 10),
    processes: random.between(2, 5),
    values: random.pick(["distinct", "distinct", "distinct", 6]),
    keys: [undefined],
    crashed: random.pick([0, 0.1, 0.3]),
    failed: random.pick([0, 0.2]),
    invented: random.pick([0, 0, 0.2, 0.5]),
  };
}

describe("decisions about containers agree with the definition and the search, and their proofs hold", () => {
  test.each(NAMES)(
    "on 20,000 small histories of a %s",
    (name) => {
      const [model, clients, swapping] = [createModel(name), clientsOf(name), TAKES[name]];
      const tally = agreement(HISTORIES, 23, (random) => ({
        model,
        clients,
        swapping,
        shape: randomShape(random),
      }));
      expect(Math.min(tally["valid"] as number, tally["invalid"] as number)).toBeGreaterThan(HISTORIES / 6);
      expect(tally["declined"]).toBeLessThan(HISTORIES / 4);
    },
    240_000,
  );

  test.each(NAMES.filter((name) => name !== "bag"))(
    "a large history of a %s with crashed operations has an order that holds",
    (name) => {
      expect(verdictOfLarge(5, createModel(name), clientsOf(name), 600).verdict).toBe("valid");
    },
  );
});

describe("what must not change a verdict", () => {
  test.each(NAMES)("other values, or the absence of one of them in a valid history of a %s", (name) => {
    const model = createModel(name);
    const random = new Random(41).stream(name);
    for (let ordinal = 0; ordinal < 500; ordinal++) {
      const shape = { ...randomShape(random), values: "distinct" as const };
      const events = clientHistory(random, model, clientsOf(name), shape);
      const { verdict } = specialVerdict(events, model);
      const renamed = events.map((event) => ({ ...event, value: renamedValue(event) }));
      expect(specialVerdict(renamed, model).verdict).toBe(verdict);
      if (verdict === "valid")
        expect(specialVerdict(withoutValue(events, 1), model).verdict).not.toBe("invalid");
    }
  });
});

/** In the same order, as a priority queue looks at it. */
function renamedValue({ value }: BareEvent) {
  return typeof value === "number" ? 3 * value - 7.5 : value;
}

/** Without the operations that were asked with a value or answered it. */
function withoutValue(events: readonly BareEvent[], value: number): BareEvent[] {
  const answers = new Map<number, BareEvent>();
  for (const [at, event] of events.entries()) {
    if (event.type !== "invoke") continue;
    const answer = events.slice(at + 1).find(({ process }) => process === event.process);
    if (answer !== undefined) answers.set(at, answer);
  }
  const gone = new Set<BareEvent>();
  for (const [at, answer] of answers) {
    if (events[at]?.value === value || answer.value === value) gone.add(events[at] as BareEvent).add(answer);
  }
  for (const event of events) if (event.type === "invoke" && event.value === value) gone.add(event);
  return events.filter((event) => !gone.has(event));
}
