import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { invalidVerdict, unknownVerdict, validVerdict } from "./testing/samples.ts";
import type { Verdict } from "./verdict.ts";
import { verdictJsonSchema } from "./verdict-schema.ts";

const schema = z.fromJSONSchema(verdictJsonSchema() as Parameters<typeof z.fromJSONSchema>[0]);

/** Whether a program that goes by the published schema takes this for a verdict. */
const accepts = (verdict: unknown) => schema.safeParse(JSON.parse(JSON.stringify(verdict))).success;

test("the published schema is this one", async () => {
  const published = await readFile(new URL("../docs/reference/verdict.schema.json", import.meta.url), "utf8");
  expect(JSON.parse(published)).toEqual(verdictJsonSchema());
});

describe("the schema accepts", () => {
  test.each([
    { name: "a valid one", verdict: validVerdict },
    { name: "an invalid one", verdict: invalidVerdict },
    { name: "an unknown one", verdict: unknownVerdict },
  ])("$name", ({ verdict }) => {
    expect(accepts(verdict)).toBe(true);
  });

  test("members that a later version added", () => {
    expect(accepts({ ...validVerdict, weather: "rain" })).toBe(true);
  });
});

describe("the schema refuses", () => {
  test.each(Object.keys(validVerdict) as (keyof Verdict)[])("a verdict without %s", (name) => {
    expect(accepts({ ...validVerdict, [name]: undefined })).toBe(false);
  });

  const [check] = invalidVerdict.checks;
  const [anomaly] = check?.anomalies ?? [];
  test.each([
    { schema: 2 },
    { schema: "1" },
    { validity: "maybe" },
    { validity: null },
    { checks: {} },
    { checks: [{ ...check, validity: "fine" }] },
    { checks: [{ ...check, anomalies: [{ ...anomaly, operations: [-1] }] }] },
    { checks: [{ ...check, anomalies: [{ ...anomaly, operations: [0.5] }] }] },
    { checks: [{ ...check, anomalies: [{ ...anomaly, key: null }] }] },
    { checks: [{ ...check, reasons: [{ code: "x" }] }] },
    { history: { operations: 1, events: 2 } },
    { stats: {} },
    { evidence: {} },
    { warnings: [1] },
  ])("%j", (wrong) => {
    expect(accepts({ ...validVerdict, ...wrong })).toBe(false);
  });
});
