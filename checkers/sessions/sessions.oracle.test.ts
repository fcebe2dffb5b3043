import { describe, expect, test } from "vitest";
import { Random } from "../../harness/clock/random.ts";
import { casRegister } from "../models/index.ts";
import { check } from "../testing/check-registers.ts";
import { drawnShape, sessionHistory } from "../testing/session-history.ts";
import { sessionOperations } from "../testing/session-operations.ts";
import { ALL_GUARANTEES, type Guarantee } from "./guarantees.ts";
import { sessions } from "./sessions.ts";
import { obeysGuarantees } from "./testing/session-oracle.ts";

const HISTORIES = 20_000;
/** With more the oracle takes too long. */
const MOST_WRITES = 4;

const SOME = "some of them, drawn for each history";
const COMBINATIONS: Readonly<Record<string, readonly Guarantee[] | undefined>> = {
  ...Object.fromEntries(ALL_GUARANTEES.map((guarantee) => [guarantee, [guarantee]])),
  session: ALL_GUARANTEES,
  [SOME]: undefined,
};

describe("session guarantees agree with the definition", () => {
  test.each(Object.keys(COMBINATIONS))(
    "%s, on 20,000 small histories",
    (name) => {
      const seen = { valid: 0, invalid: 0 };
      for (let ordinal = 0; seen.valid + seen.invalid < HISTORIES; ordinal++) {
        const random = new Random(4).stream(name).fork(ordinal);
        const chosen = COMBINATIONS[name] ?? ALL_GUARANTEES.filter(() => random.chance(0.5));
        const events = sessionHistory(random, drawnShape(random, 9));
        const operations = sessionOperations(events);
        if (operations.filter(({ write }) => write !== undefined).length > MOST_WRITES) continue;
        const expected = obeysGuarantees(operations, new Set(chosen)) ? "valid" : "invalid";
        seen[expected]++;
        const { validity, anomalies } = check(sessions(casRegister(), chosen), events);
        if (validity === expected) continue;
        const report = [`history ${ordinal} is ${expected}, not ${validity}`, chosen, anomalies, ...events];
        expect.fail(report.map((fact) => JSON.stringify(fact)).join("\n"));
      }
      // Both verdicts must be common, or the comparison tells little. Monotonic writes alone are broken by thin air only.
      const least = name === "monotonic-writes" ? HISTORIES / 50 : HISTORIES / 8;
      expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(least);
    },
    240_000,
  );
});
