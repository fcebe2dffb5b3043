import type { Json, Key } from "../../harness/history/index.ts";
import type { Anomaly } from "../../harness/ports/verdict.ts";
import { type ClientOperation, doer } from "../client-operations.ts";
import { excerpt } from "../models/index.ts";
import { unfoundedRead } from "../unfounded-read.ts";
import { type Elements, type ElementUpdates, elementText } from "./element-updates.ts";

/** What a remove can do to an element, beyond what holds of every set. */
export interface RemoveRules {
  /** Whether an acknowledged remove was told that it changed something; undefined where nobody said. */
  changed(remove: ClientOperation): boolean | undefined;
  /** Whether one that changed nothing where it was asked may still take away what others add meanwhile: it leaves a tombstone. */
  readonly leavesTombstone: boolean;
}

/** Every element that anybody saw must have been added, by then and not in vain. */
export function unwrittenElements(key: Key | undefined, elements: Elements): Anomaly[] {
  const found: Anomaly[] = [];
  for (const { element, adds, failedAdds, sightings } of elements.values()) {
    const begun = adds[0]?.invokeIndex ?? Number.POSITIVE_INFINITY;
    const early = [...sightings.values()]
      .filter(({ completeIndex }) => completeIndex < begun)
      .sort((a, b) => a.invokeIndex - b.invokeIndex)[0];
    if (early === undefined) continue;
    const failed = failedAdds.find(({ invokeIndex }) => invokeIndex < early.completeIndex);
    const anomaly = unfoundedRead({
      key,
      read: early,
      saw: `saw ${excerpt(element)}`,
      source: "add",
      failed,
      otherwise: adds.length > 0 ? "which nobody had added by then" : "which nobody ever added",
    });
    found.push(anomaly);
  }
  return found;
}

/**
 * Which elements must be there in the end, and which must not:
 *
 * - An add that took effect must be there unless a remove can have come after it: one that was not over before it began. It
 *   took effect where it was acknowledged, and where an element was seen that no other add can have put there.
 * - An element must be gone where every add of it was observed by an acknowledged remove. That a remove observed an add
 *   is certain where the node that acknowledged the one had acknowledged the other; and where an element was seen at that
 *   node before, or found by the remove itself, which no other add can have put there. A remove that was told that there was
 *   nothing observed nothing.
 *
 * `read`: one that shows what all nodes agree on.
 */
export function presence(
  key: Key | undefined,
  elements: Elements,
  read: ClientOperation,
  seen: readonly Json[],
  rules: RemoveRules,
): Anomaly[] {
  const present = new Set(seen.map(elementText));
  const lost: Finding[] = [];
  const resurrected: Finding[] = [];
  for (const [text, updates] of elements) {
    if (present.has(text)) {
      const witness = allRemoved(updates, rules);
      if (witness !== undefined) resurrected.push({ updates, witness });
    } else {
      const witness = unremoved(updates, rules);
      if (witness !== undefined) lost.push({ updates, witness });
    }
  }
  return [
    ...told("lost-update", key, read, lost, ({ updates, witness: [add, sighting] }) => {
      const before = updates.removes.length > 0 ? "no remove can have come after" : "nobody removed it";
      const known =
        sighting === undefined
          ? `, added by ${doer(add as ClientOperation)} and acknowledged,`
          : `, which ${doer(sighting)} saw,`;
      return `${excerpt(updates.element)}${known} is not there in the end, and ${before}`;
    }),
    ...told("resurrection", key, read, resurrected, ({ updates, witness }) => {
      const by = witness.map(doer).join(", then ");
      return `${excerpt(updates.element)} is there in the end, though every add of it was seen and removed: ${by}`;
    }),
  ];
}

interface Finding {
  readonly updates: ElementUpdates;
  readonly witness: readonly ClientOperation[];
}

/** One anomaly for a key: the first element with its witness, and how many more there are. */
function told(
  type: string,
  key: Key | undefined,
  read: ClientOperation,
  findings: readonly Finding[],
  tell: (finding: Finding) => string,
): Anomaly[] {
  const [first] = findings.toSorted((a, b) => a.witness.length - b.witness.length);
  if (first === undefined) return [];
  const more = findings.length - 1;
  const rest = more === 0 ? "" : `; and so ${more} more ${more === 1 ? "element" : "elements"}`;
  const operations = [...first.witness, read].map(({ invokeIndex }) => invokeIndex);
  return [
    {
      type,
      ...(key === undefined ? {} : { key }),
      message: `${tell(first)} (${doer(read)})${rest}`,
      operations: [...new Set(operations)].sort((a, b) => a - b),
    },
  ];
}

/**
 * An acknowledged add that no remove can have taken back; or an unanswered one and an answer that has its element, where
 * that holds of all adds that it can come from.
 */
function unremoved(updates: ElementUpdates, rules: RemoveRules): ClientOperation[] | undefined {
  const stays = (add: ClientOperation) => !mayBeRemoved(add, updates, rules);
  const acknowledged = updates.adds.find((add) => add.type === "ok" && stays(add));
  if (acknowledged !== undefined) return [acknowledged];
  const [first] = [...updates.sightings.values()].sort((a, b) => a.completeIndex - b.completeIndex);
  if (first === undefined) return undefined;
  const sources = sourcesOf(first, updates);
  return sources.length > 0 && sources.every(stays) ? [sources[0] as ClientOperation, first] : undefined;
}

/** The adds that can have put the element where it was seen. */
function sourcesOf(sighting: ClientOperation, { adds }: ElementUpdates): ClientOperation[] {
  return adds.filter(({ invokeIndex }) => invokeIndex < sighting.completeIndex);
}

function mayBeRemoved(add: ClientOperation, { removes }: ElementUpdates, rules: RemoveRules): boolean {
  return removes.some(
    (remove) =>
      remove.completeIndex > add.invokeIndex && (rules.leavesTombstone || rules.changed(remove) !== false),
  );
}

/** The adds and removes that show that nothing of the element can be left; undefined where something can. */
function allRemoved(updates: ElementUpdates, rules: RemoveRules): ClientOperation[] | undefined {
  const { adds, removes } = updates;
  if (adds.length === 0 || removes.length === 0) return undefined;
  const witness: ClientOperation[] = [];
  for (const add of adds) {
    const remove = removes.find(
      (each) => each.type === "ok" && rules.changed(each) !== false && observed(add, each, updates),
    );
    if (remove === undefined) return undefined;
    witness.push(add, remove);
  }
  return [...new Set(witness)].sort((a, b) => a.invokeIndex - b.invokeIndex);
}

function observed(add: ClientOperation, remove: ClientOperation, updates: ElementUpdates): boolean {
  const isSource = (sighting: ClientOperation) => {
    const [source, ...others] = sourcesOf(sighting, updates);
    return source === add && others.length === 0;
  };
  const found = updates.found.has(remove);
  if (found && isSource(remove)) return true;
  if (remove.node === undefined) return false;
  if (add.type === "ok" && add.node === remove.node && add.completeIndex < remove.invokeIndex) return true;
  const seen = updates.sightings.get(remove.node);
  return seen !== undefined && seen.completeIndex < remove.invokeIndex && isSource(seen);
}
