import { describe, expect, test } from "vitest";
import { Random } from "../../harness/clock/random.ts";
import type { Checker } from "../../harness/ports/checker.ts";
import { casRegister, type Model } from "../models/index.ts";
import { check } from "../testing/check-registers.ts";
import { drawnShape, sessionHistory } from "../testing/session-history.ts";
import { sessionOperations } from "../testing/session-operations.ts";
import { causal, causalConvergence, causalMemory, pram } from "./causal.ts";
import { allOrders, type CausalModel, leastOrder, obeysCausally } from "./testing/causal-oracle.ts";

const HISTORIES = 20_000;
/** Of which every causal order is tried. */
const TINY = 1_000;
/** With more the oracle takes too long. */
const MOST_OPERATIONS = 8;

const CHECKERS: Readonly<Record<CausalModel, (model: Model) => Checker>> = {
  causal,
  "causal-convergence": causalConvergence,
  "causal-memory": causalMemory,
  pram,
};
const NAMES = Object.keys(CHECKERS) as CausalModel[];

function compare(name: CausalModel, histories: number, tiny: boolean) {
  const seen = { valid: 0, invalid: 0 };
  for (let ordinal = 0; seen.valid + seen.invalid < histories; ordinal++) {
    const random = new Random(tiny ? 8 : 7).stream(name).fork(ordinal);
    const events = sessionHistory(random, drawnShape(random, tiny ? 5 : 9));
    const operations = sessionOperations(events);
    if (operations.length > (tiny ? 4 : MOST_OPERATIONS)) continue;
    const expected = obeysCausally(operations, name, tiny ? allOrders : leastOrder) ? "valid" : "invalid";
    seen[expected]++;
    const { validity, anomalies } = check(CHECKERS[name](casRegister()), events);
    if (validity === expected) continue;
    const report = [`history ${ordinal} is ${expected}, not ${validity}`, anomalies, ...events];
    expect.fail(report.map((fact) => JSON.stringify(fact)).join("\n"));
  }
  return Math.min(seen.valid, seen.invalid);
}

describe("the causal models agree with their definitions", () => {
  test.each(NAMES)(
    "%s, on 20,000 small histories",
    (name) => {
      // Both verdicts must be common, or the comparison tells little.
      expect(compare(name, HISTORIES, false)).toBeGreaterThan(HISTORIES / 5);
    },
    240_000,
  );

  test.each(NAMES.filter((name) => name !== "pram"))(
    "%s, on tiny histories and every causal order",
    (name) => {
      expect(compare(name, TINY, true)).toBeGreaterThan(TINY / 20);
    },
  );
});
