import type { Json } from "../../harness/history/index.ts";
import type { Anomaly } from "../../harness/ports/verdict.ts";
import type { ClientOperation } from "../client-operations.ts";
import { excerpt } from "../models/index.ts";
import type { KeyHistory } from "./final-values.ts";

/** How answers of one model are compared. */
export type TextOf = (answer: Json) => string;

/** The last reads of the nodes differ: who saw what. The witness is one read of each value. */
export function divergence({ key, final }: KeyHistory, textOf: TextOf): Anomaly | undefined {
  const seen = new Map<string, [ClientOperation, ...ClientOperation[]]>();
  for (const read of final.last.values()) {
    const text = textOf(read.output ?? null);
    const same = seen.get(text);
    if (same === undefined) seen.set(text, [read]);
    else same.push(read);
  }
  if (seen.size < 2) return undefined;
  const groups = [...seen.values()];
  const told = groups.map(
    (group) =>
      `${group.map(({ node, invokeIndex }) => `${node} (event ${invokeIndex})`).join(", ")} read ` +
      excerpt(group[0].output ?? null),
  );
  return {
    type: "divergence",
    ...(key === undefined ? {} : { key }),
    message: `the last final reads differ: ${told.join("; ")}`,
    operations: groups.map(([first]) => first.invokeIndex).sort((a, b) => a - b),
  };
}
