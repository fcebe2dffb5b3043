import type { Json } from "../../../../harness/history/index.ts";
import { sameJson } from "../../../models/same-json.ts";
import type { Meter } from "../../meter.ts";
import { NEVER } from "../../preparation/problem.ts";
import { declined, type Extents, lastToComplete, valid, violation, watch } from "../extents.ts";
import { FREE, fillSlots, LEFT_OUT } from "../slots.ts";
import type { SpecialChecker, SpecialDecision } from "../special-checker.ts";
import { ByValue, type LogOperations, logOperations } from "./log-operations.ts";
import { explainLog, untilThen, withAppends } from "./log-violations.ts";

/**
 * Append-only logs, where of each value that a read showed it is known which append it came from: it stands at the offset
 * that the append answered, or was appended but once otherwise.
 *
 * The append at offset p is the one that took effect when p had: it is known where a read showed the value at p, or by its
 * own answer. A read that ends at offset l came when l had taken effect. Appends of which neither is known are interchangeable,
 * as nobody saw their values: they take the offsets that are left ({@link fillSlots}), crashed ones if they are needed. What
 * is left then is but to see that nobody saw two things at one offset, or one append at two.
 *
 * A read from offset k on that answered nothing came when k had taken effect at most. For what comes later in the order it is as
 * one that came when k had. For what comes earlier it is no bound: it can go right behind the last operation that had
 * ended when it began, and that is before every operation that began after it had ended, as the others are in real-time order.
 *
 * Cost: O(n log n + s), with s the size of all answers.
 */
export const logOffsets: SpecialChecker = {
  name: "log-offsets",
  models: ["log"],
  decide(object, _options, meter) {
    const log = logOperations(object, meter);
    const { extents, isRead, offset, shown, appends } = log;
    let slots = 0;
    for (let at = 0; at < extents.size; at++) {
      const length = lengthAfter(log, at);
      if (length > appends) {
        const invoked = untilThen(log, [at]).length;
        const why = `but only ${invoked} appends had been invoked by then`;
        return violation(extents, withAppends(log, [at]), at, why);
      }
      slots = Math.max(slots, length);
    }
    meter.allocate(16 * slots + 8 * extents.size);
    const placed = placeAppends(log, slots, meter);
    if ("verdict" in placed) return placed;
    const { places, reader } = placed;

    const ret = extents.ret.slice();
    let bounds = false;
    let silent = false;
    for (let at = 0; at < extents.size; at++) {
      if (isRead[at] === 0) {
        silent ||= places[at] === FREE && extents.ret[at] !== NEVER;
        continue;
      }
      if (extents.ret[at] === NEVER) continue;
      const length = (offset[at] as number) + (shown[at] as number);
      places[at] = 2 * Math.min(length, slots) + 1;
      if (!isBound(log, at)) continue;
      bounds = true;
      ret[at] = NEVER;
    }
    if (bounds && silent && beyondAll(log, slots)) {
      return declined("a read from beyond the last offset that is known, and appends without offsets");
    }
    const answer = fillSlots({ places, slots, extents: { ...extents, ret } }, meter);
    if (answer.kind !== "filled") return explainLog(log, places, reader, answer);
    return valid(extents, () => (bounds ? withBounds(answer.order(), log) : answer.order()));
  },
};

/** A read that tells only how long the log was at most. */
function isBound({ isRead, offset, shown }: LogOperations, at: number): boolean {
  return isRead[at] === 1 && (offset[at] as number) > 0 && shown[at] === 0;
}

/** How long the log was at least after a completed operation, as it tells itself. */
function lengthAfter(log: LogOperations, at: number): number {
  const { isRead, offset, shown } = log;
  if (isRead[at] === 0) return Number.isNaN(offset[at]) ? 0 : (offset[at] as number) + 1;
  return shown[at] === 0 ? 0 : (offset[at] as number) + (shown[at] as number);
}

function beyondAll(log: LogOperations, slots: number): boolean {
  return log.offset.some((from, at) => isBound(log, at) && from > slots);
}

interface Placed {
  readonly places: Int32Array;
  /** By offset: of the reads that showed the value there, the one that ended first, or -1. */
  readonly reader: Int32Array;
}

/** Finds the place of every append whose value was shown or whose offset was answered. */
function placeAppends(log: LogOperations, slots: number, meter: Meter): Placed | SpecialDecision {
  const { extents, isRead, offset, appended } = log;
  const shown = readAll(log, slots);
  if ("verdict" in shown) return shown;
  const { values, reader } = shown;

  const places = new Int32Array(extents.size).fill(LEFT_OUT);
  const atOffset = new Int32Array(slots).fill(-1);
  const withoutOffset = new ByValue();
  const repeated = new Uint8Array(extents.size);
  for (let at = 0; at < extents.size; at++) {
    watch(meter, at);
    if (isRead[at] === 1) continue;
    const its = offset[at] as number;
    if (Number.isNaN(its)) {
      places[at] = FREE;
      const first = withoutOffset.get(appended(at));
      if (first === undefined) withoutOffset.set(appended(at), at);
      else repeated[first] = 1;
      continue;
    }
    const other = atOffset[its] as number;
    if (other !== -1) {
      return conflict(log, [other, at], `but another append was given offset ${its}`);
    }
    atOffset[its] = at;
    places[at] = 2 * its + 2;
  }

  for (let at = 0; at < slots; at++) {
    watch(meter, at);
    if (reader[at] === -1) continue;
    const value = values[at] as Json;
    const text = JSON.stringify(value);
    const answered = atOffset[at] as number;
    if (answered !== -1) {
      if (sameJson(appended(answered), value)) continue;
      const both = [reader[at] as number, answered];
      const why = `but ${text} was read at offset ${at}, and ${JSON.stringify(appended(answered))} appended there`;
      return conflict(log, both, why);
    }
    const append = withoutOffset.get(value);
    if (append === undefined) return fromNowhere(log, reader[at] as number, value, at);
    if (repeated[append] === 1) return declined("a value that was read was appended several times");
    if (places[append] !== FREE) {
      const before = ((places[append] as number) >> 1) - 1;
      const why = `but ${text} was read at offset ${before} and at offset ${at}, and was appended only once`;
      return conflict(log, [reader[before] as number, reader[at] as number], why);
    }
    places[append] = 2 * at + 2;
  }
  return { places, reader };
}

/** What the reads showed at each offset, where no two of them showed different values. */
function readAll(
  log: LogOperations,
  slots: number,
): { readonly values: Json[]; readonly reader: Int32Array } | SpecialDecision {
  const { extents, isRead, offset, shown, valuesOf } = log;
  const values: Json[] = [];
  const reader = new Int32Array(slots).fill(-1);
  for (let at = 0; at < extents.size; at++) {
    if (isRead[at] === 0 || shown[at] === 0) continue;
    const from = offset[at] as number;
    const answer = valuesOf(at);
    for (let index = 0; index < answer.length; index++) {
      const value = answer[index] as Json;
      const other = reader[from + index] as number;
      if (other === -1) values[from + index] = value;
      else if (!sameJson(values[from + index] as Json, value)) {
        const [one, two] = [JSON.stringify(values[from + index]), JSON.stringify(value)];
        return conflict(log, [other, at], `but ${one} and ${two} were both read at offset ${from + index}`);
      }
      if (other === -1 || (extents.ret[at] as number) < (extents.ret[other] as number))
        reader[from + index] = at;
    }
  }
  return { values, reader };
}

/** A value at an offset where no append can have put it. */
function fromNowhere(log: LogOperations, read: number, value: Json, at: number): SpecialDecision {
  const { extents, isRead, offset, appended } = log;
  const elsewhere: number[] = [];
  for (let each = 0; each < extents.size; each++) {
    if (isRead[each] === 0 && sameJson(appended(each), value)) elsewhere.push(each);
  }
  const text = JSON.stringify(value);
  const first = elsewhere[0];
  if (first === undefined) return violation(extents, [read], read, `but nobody appended ${text}`);
  const why = `but ${text} was read at offset ${at}, and appended at offset ${offset[first]}`;
  return conflict(log, [read, ...elsewhere], why);
}

function conflict(log: LogOperations, involved: readonly number[], why: string): SpecialDecision {
  return violation(log.extents, withAppends(log, involved), lastToComplete(log.extents, involved), why);
}

/** The order with those reads in it that are only a bound, each right behind the last operation that had ended when it began. */
function withBounds(order: Int32Array, log: LogOperations): Int32Array {
  const { call, ret }: Extents = log.extents;
  const exact = order.filter((operation) => !isBound(log, operation));
  const bounds = order.filter((operation) => isBound(log, operation)).sort();
  const endsFrom = new Int32Array(exact.length);
  let end = NEVER;
  for (let at = exact.length - 1; at >= 0; at--) {
    end = Math.min(end, ret[exact[at] as number] as number);
    endsFrom[at] = end;
  }
  const merged = new Int32Array(order.length);
  let at = 0;
  let length = 0;
  for (const bound of bounds) {
    for (; at < exact.length && (endsFrom[at] as number) < (call[bound] as number); at++) {
      merged[length++] = exact[at] as number;
    }
    merged[length++] = bound;
  }
  for (; at < exact.length; at++) merged[length++] = exact[at] as number;
  return merged;
}
