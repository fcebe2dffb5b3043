import { lastToComplete, violation } from "../extents.ts";
import type { SlotAnswer } from "../slots.ts";
import type { SpecialDecision } from "../special-checker.ts";
import { ByValue, type LogOperations } from "./log-operations.ts";

/**
 * Some operations and the appends that they need to have an order, if it were not for what contradicts. Where these
 * are reads of all, that is the appends of what they read. Else it is every append that was invoked before the last of them
 * completed: what is invoked later can come before none of them.
 */
export function withAppends(log: LogOperations, involved: readonly number[]): number[] {
  const { extents, isRead, offset, appended, valuesOf, isWhole } = log;
  const needsAll = involved.some((each) =>
    isRead[each] === 1 ? !isWhole(each) : !Number.isNaN(offset[each]),
  );
  if (needsAll) return [...involved, ...untilThen(log, involved)];
  const read = new ByValue();
  for (const each of involved) {
    if (isRead[each] === 1) for (const value of valuesOf(each)) read.set(value, each);
  }
  const all = [...involved];
  for (let at = 0; at < extents.size; at++) {
    if (isRead[at] === 0 && read.get(appended(at)) !== undefined) all.push(at);
  }
  return all;
}

/** The appends that were invoked before the last of some operations completed. */
export function untilThen({ extents, isRead }: LogOperations, involved: readonly number[]): number[] {
  const end = extents.ret[lastToComplete(extents, involved)] as number;
  const found: number[] = [];
  for (let at = 0; at < extents.size && (extents.call[at] as number) < end; at++) {
    if (isRead[at] === 0) found.push(at);
  }
  return found;
}

/** Why the appends cannot be placed. `reader`: by offset, the first read to show the value there. */
export function explainLog(
  log: LogOperations,
  places: Int32Array,
  reader: Int32Array,
  answer: Exclude<SlotAnswer, { kind: "filled" }>,
): SpecialDecision {
  const { extents, isRead, offset } = log;
  const lengthAt = (operation: number) => (places[operation] as number) >> 1;
  /** The read that tells where an append stands that does not tell itself, as far as the other does not. */
  const witnessOf = (operation: number, other: number) => {
    if (isRead[operation] === 1 || !Number.isNaN(offset[operation])) return [];
    if (isRead[other] === 1 && log.isWhole(other)) return [];
    return [reader[lengthAt(operation) - 1] as number];
  };
  if (answer.kind === "turned") {
    const { earlier, later } = answer;
    const involved = [earlier, later, ...witnessOf(earlier, later), ...witnessOf(later, earlier)];
    const row = lastToComplete(extents, involved);
    const whyTurned =
      isRead[earlier] === 1
        ? `the log held ${values(lengthAt(later))} before ${row === earlier ? "it" : "a read that showed fewer"} was invoked`
        : `the append to offset ${lengthAt(earlier) - 1} was invoked only after the log had held ${values(lengthAt(later))}`;
    return violation(extents, withAppends(log, involved), row, `but ${whyTurned}`);
  }
  const lacking = answer.kind === "overdue" ? firstReadAfter(log, answer.late) : undefined;
  if (answer.kind === "overdue" && lacking !== undefined) {
    const text = JSON.stringify(log.appended(answer.late));
    const why = `but ${text}, whose append had completed before it was invoked, is not in it`;
    return violation(extents, [answer.late, ...withAppends(log, [lacking])], lacking, why);
  }
  const { observer } = answer;
  const invoked = untilThen(log, [observer]);
  const why =
    answer.kind === "missing"
      ? `but of the ${invoked.length} appends that had been invoked by then too few can come before it`
      : "but more appends have to come before it";
  const floor = answer.kind === "overdue" && answer.floor !== -1 ? [answer.floor] : [];
  const witnesses = Array.from(reader.filter((read) => read !== -1));
  const involved = [observer, ...floor, ...witnesses];
  return violation(extents, [...involved, ...untilThen(log, involved)], observer, why);
}

/** Of the reads of all that were invoked after an append that nobody read had completed, the one that ended first. */
function firstReadAfter(log: LogOperations, append: number): number | undefined {
  const { call, ret, size } = log.extents;
  let first: number | undefined;
  for (let at = append + 1; at < size; at++) {
    if (log.isRead[at] === 0 || (call[at] as number) < (ret[append] as number) || !log.isWhole(at)) continue;
    if (first === undefined || (ret[at] as number) < (ret[first] as number)) first = at;
  }
  return first;
}

function values(count: number): string {
  return count === 1 ? "1 value" : `${count} values`;
}
