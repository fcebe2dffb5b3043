import type { Json } from "../../harness/history/index.ts";
import type { Anomaly } from "../../harness/ports/verdict.ts";
import { type ClientOperation, doer } from "../client-operations.ts";
import { elementText } from "../convergence/element-updates.ts";
import type { KeyHistory } from "../convergence/final-values.ts";
import { excerpt } from "../models/index.ts";

/** How somebody came to know of an element: an add that was acknowledged, or a read that had it. */
interface Known {
  readonly element: Json;
  readonly by: ClientOperation;
}

/** Whom the last read of a node lacks an element of. */
interface Lost extends Known {
  readonly reads: readonly ClientOperation[];
}

/**
 * The elements that somebody knew of before a node's last final read began, and that this read lacks: one anomaly with
 * the first of them and how many more there are.
 *
 * Cost: O(sizes of all answers + elements · nodes).
 */
export function lostElements({ key, operations, final }: KeyHistory): Anomaly | undefined {
  const last = [...final.last.values()].map((read) => ({
    read,
    seen: new Set((read.output as readonly Json[]).map(elementText)),
  }));
  const lost: Lost[] = [];
  for (const [text, known] of knownElements(operations)) {
    const reads = last
      .filter(({ read, seen }) => !seen.has(text) && known.by.completeIndex < read.invokeIndex)
      .map(({ read }) => read);
    if (reads.length > 0) lost.push({ ...known, reads });
  }
  const [first] = lost.sort((a, b) => a.by.invokeIndex - b.by.invokeIndex);
  if (first === undefined) return undefined;
  const { element, by, reads } = first;
  const how = by.f === "add" ? `added by ${doer(by)} and acknowledged` : `which ${doer(by)} saw`;
  const where = reads.map(({ node, invokeIndex }) => `${node} (event ${invokeIndex})`).join(", ");
  const more = lost.length - 1;
  const rest = more === 0 ? "" : `; and so ${more} more ${more === 1 ? "element" : "elements"}`;
  return {
    type: "lost-update",
    ...(key === undefined ? {} : { key }),
    message: `${excerpt(element)}, ${how}, is not in the last read at ${where}${rest}`,
    operations: [...new Set([by, ...reads].map(({ invokeIndex }) => invokeIndex))].sort((a, b) => a - b),
  };
}

/** Each element with the operation whose completion told of it first. */
function knownElements(operations: readonly ClientOperation[]): Map<string, Known> {
  const known = new Map<string, Known>();
  const tell = (element: Json, by: ClientOperation) => {
    const text = elementText(element);
    const before = known.get(text);
    if (before === undefined || by.completeIndex < before.by.completeIndex) known.set(text, { element, by });
  };
  for (const operation of operations) {
    if (operation.type !== "ok") continue;
    if (operation.f === "add") tell(addedElement(operation), operation);
    else if (operation.f === "read")
      for (const element of operation.output as readonly Json[]) tell(element, operation);
  }
  return known;
}

/** An element is asked for as x, or as [x, null] by whoever wants to know whether that changed anything. */
export function addedElement({ input }: ClientOperation): Json {
  return Array.isArray(input) ? (input[0] as Json) : input;
}
