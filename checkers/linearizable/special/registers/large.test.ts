import { describe, expect, test } from "vitest";
import { register } from "../../../models/index.ts";
import { checkEvents } from "../../../testing/check-events.ts";
import { type GeneratedShape, generatedHistory } from "../../../testing/generated-history.ts";
import { generatedRegister } from "../../../testing/generated-register.ts";

/** Far more clients than a search could do with. */
const SHAPE = { operations: 20_000, clients: 50, crashed: 100, seed: 5 };

function check(violation: GeneratedShape["violation"] & string) {
  const object = generatedRegister({ values: "distinct", withCas: false });
  return checkEvents([...generatedHistory(object, { ...SHAPE, violation })], register());
}

describe("twenty thousand operations of fifty clients on one register, a hundred of them crashed", () => {
  test("are decided by zones", () => {
    const { validity, decidedBy } = check("none");
    expect({ validity, decidedBy }).toEqual({ validity: "valid", decidedBy: { zones: 1 } });
  });

  test.each(["middle", "end"] as const)("a stale read in the %s has a witness of a few", (violation) => {
    const { validity, decidedBy, anomalies } = check(violation);
    expect({ validity, decidedBy }).toEqual({ validity: "invalid", decidedBy: { zones: 1 } });
    expect(anomalies).toHaveLength(1);
    expect(anomalies[0]?.operations.length).toBeLessThanOrEqual(6);
    expect(anomalies[0]?.message).toContain("had been overwritten by");
  });
});
