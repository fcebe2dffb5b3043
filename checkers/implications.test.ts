import { describe, expect, test } from "vitest";
import { Random } from "../harness/clock/random.ts";
import { consistencies } from "./consistencies.ts";
import { ALL_GUARANTEES } from "./sessions/guarantees.ts";
import { check } from "./testing/check-registers.ts";
import { drawnShape, sessionHistory } from "./testing/session-history.ts";

const HISTORIES = 3_000;

/**
 * What a history obeys that obeys the first. The four session guarantees at once, with one order of all writes, are causal convergence
 * (Bouajjani et al., POPL 2017; Viotti and Vukolić, ACM Computing Surveys 49(1), 2016). Causal consistency implies two of them: what
 * these make visible to a read comes causally before what it read. The others not, as sessions may differ on the order of writes.
 */
const IMPLIED: readonly (readonly [string, readonly string[]])[] = [
  ["linearizable", ["sequential"]],
  ["sequential", ["causal-memory", "causal-convergence"]],
  ["causal-memory", ["causal", "pram"]],
  ["causal-convergence", ["causal", "session"]],
  ["causal", ["monotonic-writes", "writes-follow-reads"]],
  ["session", ["causal-convergence", ...ALL_GUARANTEES]],
];

const NAMES = [...new Set(IMPLIED.flatMap(([stronger, weaker]) => [stronger, ...weaker]))];

describe("no checker contradicts another", () => {
  const checkers = NAMES.map((name) => {
    const checker = consistencies[name]?.checker({ model: "cas-register", options: {} });
    if (checker === undefined) expect.fail(`no consistency ${name}`);
    return [name, checker] as const;
  });
  /** For each model, for how many histories it is the weakest of a pair to hold where the stronger one does not. */
  const told = new Map<string, number>();

  test("on some thousands of small histories", () => {
    for (let ordinal = 0; ordinal < HISTORIES; ordinal++) {
      const random = new Random(9).fork(ordinal);
      const events = sessionHistory(random, drawnShape(random, random.pick([8, 12, 16])));
      const found = new Map(checkers.map(([name, checker]) => [name, check(checker, events)]));
      for (const [name, { validity, anomalies }] of found) {
        if (validity === "unknown") expect.fail(`history ${ordinal} is undecided: ${name}`);
        expect(anomalies.length > 0).toBe(validity === "invalid");
      }
      for (const [stronger, weaker] of IMPLIED) {
        for (const name of weaker) {
          const [strong, weak] = [found.get(stronger)?.validity, found.get(name)?.validity];
          if (strong === "valid" && weak !== "valid") {
            const report = [`history ${ordinal} is ${stronger} and not ${name}`, ...events];
            expect.fail(report.map((fact) => JSON.stringify(fact)).join("\n"));
          }
          const pair = `${name} without ${stronger}`;
          if (strong !== weak) told.set(pair, (told.get(pair) ?? 0) + 1);
        }
      }
    }
  });

  test("and each pair that differs is told apart by some of them", () => {
    const equal = ["session without causal-convergence", "causal-convergence without session"];
    const differing = IMPLIED.flatMap(([stronger, weaker]) =>
      weaker.map((name) => `${name} without ${stronger}`),
    );
    expect([...told.keys()].sort()).toEqual(differing.filter((pair) => !equal.includes(pair)).sort());
  });
});
