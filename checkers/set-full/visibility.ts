import type { Json } from "../../harness/history/index.ts";
import type { ClientOperation } from "../client-operations.ts";
import { elementText } from "../convergence/element-updates.ts";
import { addedElement } from "./lost-elements.ts";

/** What became of the elements of one set, as far as reads show. */
export interface Visibility {
  /** Elements that somebody knew of: their add was acknowledged, or they were read. */
  readonly known: number;
  /** Those of them that a read lacked that began when they were known, and that every later read had. */
  readonly stale: number;
  /** Elements that nobody knew of: their add was not acknowledged, and no read had them. */
  readonly neverSeen: number;
  /**
   * For each known element that is not lost, how long after it was known the last read began that lacked it; 0 where none did. In
   * ascending order, in nanoseconds.
   */
  readonly timesToVisibleNs: readonly number[];
}

interface Element {
  /** The event at which somebody knew of it for the first time. */
  knownIndex: number;
  knownNs: number;
}

/**
 * Follows each element from when it was known (jepsen.checker/set-full). An element that the last read of all lacks is lost,
 * which is for others to tell, and has no time.
 *
 * Cost: O(elements · reads).
 */
export function visibilityOf(operations: readonly ClientOperation[]): Visibility {
  const elements = new Map<string, Element>();
  const unknown = new Set<string>();
  const reads: { readonly read: ClientOperation; readonly seen: ReadonlySet<string> }[] = [];
  const knownBy = (text: string, { completeIndex, completeTimeNs }: ClientOperation) => {
    unknown.delete(text);
    const element = elements.get(text);
    if (element === undefined) elements.set(text, { knownIndex: completeIndex, knownNs: completeTimeNs });
    else if (completeIndex < element.knownIndex) {
      element.knownIndex = completeIndex;
      element.knownNs = completeTimeNs;
    }
  };
  for (const operation of operations) {
    const { f, type, output } = operation;
    if (f === "add" && type === "ok") knownBy(elementText(addedElement(operation)), operation);
    else if (f === "add" && type === "info") {
      const text = elementText(addedElement(operation));
      if (!elements.has(text)) unknown.add(text);
    } else if (f === "read" && type === "ok") {
      const seen = new Set((output as readonly Json[]).map(elementText));
      reads.push({ read: operation, seen });
      for (const text of seen) knownBy(text, operation);
    }
  }
  const times: number[] = [];
  let stale = 0;
  for (const [text, { knownIndex, knownNs }] of elements) {
    const later = reads.filter(({ read }) => read.invokeIndex > knownIndex);
    const absent = later.findLastIndex(({ seen }) => !seen.has(text));
    if (later.length > 0 && absent === later.length - 1) continue;
    if (absent >= 0) stale++;
    const last = later[absent]?.read.invokeTimeNs ?? knownNs;
    times.push(Math.max(0, last - knownNs));
  }
  return {
    known: elements.size,
    stale,
    neverSeen: unknown.size,
    timesToVisibleNs: times.sort((a, b) => a - b),
  };
}
