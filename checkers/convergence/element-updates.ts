import { canonicalJson, type Json } from "../../harness/history/index.ts";
import type { ClientOperation } from "../client-operations.ts";

/** What was done to one element of a set or a list. Failed operations did nothing, and are kept apart. */
export interface ElementUpdates {
  readonly element: Json;
  /** In order of invocation. */
  readonly adds: ClientOperation[];
  readonly failedAdds: ClientOperation[];
  readonly removes: ClientOperation[];
  /** Those removes that were told that it had been there. */
  readonly found: Set<ClientOperation>;
  /** For each node the first answer that had it, by completion. */
  readonly sightings: Map<string | undefined, ClientOperation>;
}

/** What one operation says of elements. */
export type ElementStatement =
  | { readonly kind: "add"; readonly element: Json }
  /** `found`: it was there, and is not any more, as the answer tells. */
  | { readonly kind: "remove"; readonly element: Json; readonly found: boolean }
  /** Everything that is there. */
  | { readonly kind: "all"; readonly elements: readonly Json[] }
  /** One element that is there. */
  | { readonly kind: "present"; readonly element: Json }
  | undefined;

export type Elements = ReadonlyMap<string, ElementUpdates>;

/** Everything that was done to and seen of each element, by its text. Cost: O(sizes of all answers). */
export function elementsOf(
  operations: readonly ClientOperation[],
  statementOf: (operation: ClientOperation) => ElementStatement,
): Elements {
  const elements = new Map<string, ElementUpdates>();
  const at = (element: Json): ElementUpdates => {
    const text = elementText(element);
    let updates = elements.get(text);
    if (updates === undefined) {
      updates = { element, adds: [], failedAdds: [], removes: [], found: new Set(), sightings: new Map() };
      elements.set(text, updates);
    }
    return updates;
  };
  const sighted = (element: Json, operation: ClientOperation) => {
    const { sightings } = at(element);
    const before = sightings.get(operation.node);
    if (before === undefined || before.completeIndex > operation.completeIndex) {
      sightings.set(operation.node, operation);
    }
  };
  for (const operation of operations) {
    const statement = statementOf(operation);
    if (statement === undefined) continue;
    if (statement.kind === "all") for (const element of statement.elements) sighted(element, operation);
    else if (statement.kind === "present") sighted(statement.element, operation);
    else if (statement.kind === "remove") {
      if (operation.type !== "fail") at(statement.element).removes.push(operation);
      if (statement.found) {
        at(statement.element).found.add(operation);
        sighted(statement.element, operation);
      }
    } else {
      const { adds, failedAdds } = at(statement.element);
      (operation.type === "fail" ? failedAdds : adds).push(operation);
    }
  }
  return elements;
}

export function elementText(element: Json): string {
  return canonicalJson(element);
}
