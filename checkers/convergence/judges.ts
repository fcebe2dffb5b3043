import type { Json, Key } from "../../harness/history/index.ts";
import type { Anomaly, Reason } from "../../harness/ports/verdict.ts";
import type { ClientOperation } from "../client-operations.ts";
import { isPair } from "../models/schema.ts";
import { impossibleSums, wrongSum } from "./counters.ts";
import { type ElementStatement, elementsOf, elementText } from "./element-updates.ts";
import { misplaced, orderConflict, repeated } from "./list-order.ts";
import { presence, type RemoveRules, unwrittenElements } from "./presence.ts";
import { lostWrites, unwrittenValues } from "./registers.ts";
import { lostSiblings, unwrittenSiblings } from "./siblings.ts";

/** What convergence means for the operations of one model. */
export interface ConvergenceJudge {
  /** Equal texts, equal states. */
  textOf(answer: Json): string;
  /** What no answer may say at any time, whatever else is promised. */
  always(key: Key | undefined, operations: readonly ClientOperation[]): readonly Anomaly[];
  /** What all answers together may not say where nodes that have seen the same updates show the same. */
  strong?(key: Key | undefined, operations: readonly ClientOperation[]): readonly Anomaly[];
  /** What nodes that agree on what `read` shows may not agree on. */
  end(
    key: Key | undefined,
    operations: readonly ClientOperation[],
    read: ClientOperation,
  ): { readonly anomalies: readonly Anomaly[]; readonly reasons: readonly Reason[] };
}

const found = (...anomalies: readonly (readonly Anomaly[])[]) => ({
  anomalies: anomalies.flat(),
  reasons: [],
});

export function registerJudge(init: Json): ConvergenceJudge {
  return {
    textOf: elementText,
    always: (key, operations) => unwrittenValues(key, operations, init),
    end: (key, operations, read) => found(lostWrites(key, operations, read, init)),
  };
}

export const mvRegisterJudge: ConvergenceJudge = {
  textOf: textOfAll,
  always: unwrittenSiblings,
  end: (key, operations, read) => found(lostSiblings(key, operations, read)),
};

export function counterJudge(init: number): ConvergenceJudge {
  return {
    textOf: elementText,
    always: (key, operations) => impossibleSums(key, operations, init),
    end: (key, operations, read) => wrongSum(key, operations, read, init),
  };
}

/** `leavesTombstone`: see {@link RemoveRules}; in an observed-remove set a remove does nothing to what it has not seen. */
export function setJudge({ leavesTombstone }: Pick<RemoveRules, "leavesTombstone">): ConvergenceJudge {
  const rules: RemoveRules = { leavesTombstone, changed: saidOf };
  return {
    textOf: textOfAll,
    always: (key, operations) => [
      ...unwrittenElements(key, elementsOf(operations, setStatement)),
      ...repeated(key, operations),
    ],
    end: (key, operations, read) =>
      found(presence(key, elementsOf(operations, setStatement), read, read.output as readonly Json[], rules)),
  };
}

export const listJudge: ConvergenceJudge = {
  textOf: elementText,
  always: (key, operations) => [
    ...unwrittenElements(key, elementsOf(operations, listStatement)),
    ...repeated(key, operations),
  ],
  strong: orderConflict,
  end: (key, operations, read) =>
    found(
      presence(key, elementsOf(operations, listStatement), read, read.output as readonly Json[], {
        leavesTombstone: true,
        changed: () => undefined,
      }),
      misplaced(key, operations, read),
    ),
};

/** The same for the same values in any order. */
function textOfAll(answer: Json): string {
  return JSON.stringify((answer as readonly Json[]).map(elementText).sort());
}

function setStatement(operation: ClientOperation): ElementStatement {
  const { f, type, input, output = null } = operation;
  if (f === "read") return type === "ok" ? { kind: "all", elements: output as readonly Json[] } : undefined;
  const element = isPair(input) ? input[0] : input;
  if (f === "contains") return saidOf(operation) === true ? { kind: "present", element } : undefined;
  if (f === "add") return { kind: "add", element };
  return { kind: "remove", element, found: saidOf(operation) === true };
}

/** Whether the set changed, or had the element, where the answer tells. */
function saidOf({ type, output = null }: ClientOperation): boolean | undefined {
  if (type !== "ok" || !isPair(output) || typeof output[1] !== "boolean") return undefined;
  return output[1];
}

function listStatement({ f, type, input, output = null }: ClientOperation): ElementStatement {
  if (f === "read") return type === "ok" ? { kind: "all", elements: output as readonly Json[] } : undefined;
  if (f === "remove") return { kind: "remove", element: input, found: false };
  return { kind: "add", element: (input as readonly Json[])[0] as Json };
}
