import { z } from "zod";
import type { Evidence, FaultEvidence } from "../checkers/evidence.ts";
import type { Counts, PhaseStats, Stats } from "../checkers/stats.ts";
import type {
  Anomaly,
  CheckResult,
  Explanation,
  Linearization,
  Measure,
  Reason,
  StateBefore,
  Validity,
} from "../harness/ports/index.ts";
import type { Verdict } from "./verdict.ts";

const count = z.int().nonnegative();
const byName = z.record(z.string(), count);

const validity = z.enum(["valid", "invalid", "unknown"]) satisfies z.ZodType<Validity>;

const operation = count.describe("by the index of its invocation event");

const stateBefore = z.object({
  state: z.string().describe("as JSON text, shortened where it is long"),
  rejections: z.array(z.object({ operation, why: z.string() })),
}) satisfies z.ZodType<StateBefore>;

const explanation = z.object({
  operation: operation.describe("the operation whose answer cannot be, by the index of its invocation event"),
  statesOf: z
    .enum(["history", "witness", "unknown"])
    .describe("what the states are true of: the whole history up to that answer, or the witness alone"),
  states: z.array(stateBefore).describe("the states that the object can have been in while it ran"),
  moreStates: count.describe("how many more states there are"),
  proof: z.boolean().describe("whether the witness alone proves that the history is invalid"),
}) satisfies z.ZodType<Explanation>;

const anomaly = z.object({
  type: z.string().describe("the kind of violation, in the field's words"),
  key: z.union([z.string(), z.number()]).exactOptional(),
  message: z.string().describe("the story in plain words"),
  operations: z.array(count).describe("the witness: operations by the index of their invocation event"),
  explanation: explanation.exactOptional().describe("the story as data"),
}) satisfies z.ZodType<Anomaly>;

const reason = z.object({
  code: z.string().describe("stable, kebab-case"),
  message: z.string(),
  hint: z.string().exactOptional(),
}) satisfies z.ZodType<Reason>;

const linearization = z.object({
  key: z.union([z.string(), z.number()]).exactOptional(),
  operations: z.array(count).describe("in their order, by the index of their invocation event"),
}) satisfies z.ZodType<Linearization>;

const measure = z.object({
  name: z.string().describe("what was measured"),
  unit: z.enum(["ms", "versions", "elements"]),
  key: z.union([z.string(), z.number()]).exactOptional(),
  node: z.string().exactOptional(),
  value: z.number(),
}) satisfies z.ZodType<Measure>;

const checkResult = z.object({
  checker: z.string(),
  validity,
  anomalies: z.array(anomaly).describe("at least one where the check came out invalid"),
  reasons: z.array(reason).describe("at least one where the check came out unknown"),
  linearizations: z
    .array(linearization)
    .exactOptional()
    .describe("where it was asked for: an order for each object that has one"),
  decidedBy: z
    .record(z.string(), count)
    .exactOptional()
    .describe("where a checker has several algorithms: how many objects each of them was used on"),
  measures: z.array(measure).exactOptional().describe("where a checker measures something"),
}) satisfies z.ZodType<CheckResult>;

const counts = z.object({ ok: count, fail: count, info: count }) satisfies z.ZodType<Counts>;

const phaseStats = z.object({
  total: counts,
  operations: z.record(z.string(), counts),
  errors: byName,
}) satisfies z.ZodType<PhaseStats>;

const stats = z.object({ load: phaseStats, recovery: phaseStats.exactOptional() }) satisfies z.ZodType<Stats>;

const faultEvidence = z.object({
  fault: count,
  kind: z.string(),
  momentary: z.literal(true).exactOptional().describe("it was over when it was done, and has no undo"),
  window: z.object({
    startIndex: count,
    endIndex: count,
    startTimeNs: count,
    endTimeNs: count,
    inForceFromIndex: z.int(),
    inForceToIndex: z.int(),
  }),
  failed: z.boolean(),
  effective: z.boolean(),
  details: z.array(z.string()),
  okDuring: byName,
}) satisfies z.ZodType<FaultEvidence>;

const evidence = z.object({
  stats,
  faults: z.array(faultEvidence),
  okBeforeFirstFault: byName,
  finalReads: z.object({ keys: count, unread: count }),
}) satisfies z.ZodType<Evidence>;

const verdict = z
  .object({
    schema: z.literal(1),
    validity: validity.describe("the merged one of the checks: invalid over unknown over valid"),
    consistency: z.string(),
    model: z.string(),
    checks: z.array(checkResult),
    history: z.object({ operations: count, events: count, interrupted: z.boolean() }),
    stats,
    evidence: evidence.nullable().describe("null for a history of which only the operations are known"),
    warnings: z.array(z.string()),
  })
  .meta({ title: "assay verdict.json", description: "What a run or a check of assay came to." });

const verdictSchema = verdict satisfies z.ZodType<Verdict>;

/**
 * The JSON Schema of `verdict.json`, as it is published in docs/reference. It lets members pass that it does not know:
 * they may be added within a version.
 */
export function verdictJsonSchema(): unknown {
  return z.toJSONSchema(verdictSchema, { io: "input" });
}
