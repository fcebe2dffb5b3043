import { type Meter, stepMeter } from "../../meter.ts";
import type { Contradiction } from "./contents.ts";
import { type Decomposition, decomposeStack, type StackSpans } from "./decompose-stack.ts";
import { MaxTree } from "./max-tree.ts";
import type { Spans } from "./spans.ts";
import { listed, valueText, witness } from "./witness.ts";

/** Operations that may be looked at, over all trials, to make a witness smaller; a few more for small ones. */
const EFFORT = { steps: 4_000_000, perOperation: 4 };

/**
 * Few values of a stack that does not come apart, and of those that are left: two of them where two suffice in the usual way,
 * and otherwise a set of which none can go, as far as the effort reaches.
 *
 * Cost: O(n log n), and the effort.
 */
export function stackContradiction(
  spans: Spans,
  stackSpans: StackSpans,
  found: Decomposition,
  meter: Meter,
): Contradiction {
  const stuck = smallestTangle(stackSpans, found);
  return buriedValue(spans, stackSpans, stuck) ?? tangle(spans, stackSpans, stuck, meter);
}

/** An operation that has no instant: on which stay, from when to when. */
interface Blocked {
  readonly from: number;
  readonly to: number;
}

function blockedOf(
  { size, call, first, last, ret, peeksFrom, peekCall, peekRet }: StackSpans,
  { addedAt, removedAt, peekedAt }: Pick<Decomposition, "addedAt" | "removedAt" | "peekedAt">,
  stay: number,
): Blocked | undefined {
  if (stay >= size) return undefined;
  if (addedAt[stay] === -1) return { from: call[stay] as number, to: first[stay] as number };
  if (removedAt[stay] === -1) return { from: last[stay] as number, to: ret[stay] as number };
  for (let peek = peeksFrom[stay] as number; peek < (peeksFrom[stay + 1] as number); peek++) {
    if (peekedAt[peek] === -1) return { from: peekCall[peek] as number, to: peekRet[peek] as number };
  }
  return undefined;
}

/**
 * Uncovered instants part what is left into tangles. A value of one that covers anything covers instants of this tangle alone,
 * since an operation of it that is blocked lies in the tangle and at the edge of its span, or in it. So each
 * tangle is blocked by itself, and the one with the fewest values will do.
 */
function smallestTangle(spans: StackSpans, found: Decomposition): number[] {
  const tangleAt = new Int32Array(spans.count + 1);
  for (let instant = 0; instant < spans.count; instant++) {
    tangleAt[instant + 1] = (tangleAt[instant] as number) + (found.uncovered[instant] as number);
  }
  const tangles = new Map<number, number[]>();
  for (let stay = 0; stay < spans.size; stay++) {
    const blocked = blockedOf(spans, found, stay);
    if (blocked === undefined) continue;
    const at = tangleAt[blocked.from] as number;
    const tangle = tangles.get(at);
    if (tangle === undefined) tangles.set(at, [stay]);
    else tangle.push(stay);
  }
  return [...tangles.values()].reduce((least, each) => (each.length < least.length ? each : least));
}

/**
 * A value that came out, or was seen on top, while another lay on it: the other was certainly pushed after this one,
 * and certainly inside all the time. One sweep. Cost: O(n log n).
 */
function buriedValue(spans: Spans, stack: StackSpans, stays: readonly number[]): Contradiction | undefined {
  const { count, call, first, last, ret, peeksFrom, peekCall, peekRet } = stack;
  const { words, peeks } = spans.contents;
  const seen: { stay: number; operation: number; from: number; to: number }[] = [];
  for (const stay of stays) {
    if ((ret[stay] as number) < count) {
      const operation = spans.removal[stay] as number;
      seen.push({ stay, operation, from: last[stay] as number, to: ret[stay] as number });
    }
    for (let at = peeksFrom[stay] as number; at < (peeksFrom[stay + 1] as number); at++) {
      const operation = peeks[at] as number;
      seen.push({ stay, operation, from: peekCall[at] as number, to: peekRet[at] as number });
    }
  }
  seen.sort((a, b) => a.from - b.from);
  const byFirst = [...stays].sort((a, b) => (first[a] as number) - (first[b] as number));
  /** The largest `last` of the values entered so far, by their `call`. */
  const lasts = new MaxTree(new Int32Array(count + 1));
  let entered = 0;
  for (const { stay, operation, from, to } of seen) {
    for (; entered < byFirst.length; entered++) {
      const other = byFirst[entered] as number;
      if ((first[other] as number) >= from) break;
      lasts.raise(call[other] as number, last[other] as number);
    }
    if (lasts.mostFrom((first[stay] as number) + 1) <= to) continue;
    const isOnTop = (other: number) =>
      (call[other] as number) > (first[stay] as number) &&
      (first[other] as number) < from &&
      (last[other] as number) > to;
    const other = stays.find(isOnTop) as number;
    const why =
      `but ${valueText(spans, other)} was ${words.added} after ${valueText(spans, stay)} and was ` +
      (spans.removal[other] === -1 && (last[other] as number) >= count
        ? `never ${words.removed}`
        : `certainly still there`);
    return witness(spans, [stay, other], operation, why);
  }
  return undefined;
}

/** Values of which none can be at the bottom, and none can be left out while the effort lasts. */
function tangle(spans: Spans, stack: StackSpans, stays: readonly number[], meter: Meter): Contradiction {
  const effort = { left: EFFORT.steps + EFFORT.perOperation * stack.size };
  const core = smallestCore(stack, stays, effort, meter);
  const part = restrict(stack, core);
  const found = decomposeStack(part, stepMeter(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY));
  // The one whose blocked operation returned last: everybody else is known by then.
  let latest = 0;
  const blocked = core.map((_, at) => blockedOf(part, found, at) as Blocked);
  for (const [at, { to }] of blocked.entries()) if (to > (blocked[latest] as Blocked).to) latest = at;
  const stay = core[latest] as number;
  const operations = operationsOf(spans, core);
  const texts = core.map((each) => valueText(spans, each));
  const why =
    core.length <= 6
      ? `but none of ${listed(texts)} can lie beneath the others at the times when they came and went`
      : `but none of ${core.length} values, ${listed(texts)}, can lie beneath the others at the times when they came and went`;
  const operation = operationAt(spans, stay, (blocked[latest] as Blocked).to, part, latest, found);
  return { ...witness(spans, core, operation, why, operations), operation };
}

/** All peeks at the values too: without one of them the others might have an order. */
function operationsOf({ contents }: Spans, stays: readonly number[]): number[] {
  return stays.flatMap((stay) => [
    ...contents.peeks.subarray(contents.peeksFrom[stay], contents.peeksFrom[stay + 1]),
  ]);
}

function operationAt(
  spans: Spans,
  stay: number,
  _to: number,
  part: StackSpans,
  at: number,
  { addedAt, removedAt, peekedAt }: Decomposition,
): number {
  const { addition, peeks, peeksFrom } = spans.contents;
  if (removedAt[at] === -1) return spans.removal[stay] as number;
  for (let peek = part.peeksFrom[at] as number; peek < (part.peeksFrom[at + 1] as number); peek++) {
    if (peekedAt[peek] !== -1) continue;
    return peeks[(peeksFrom[stay] as number) + peek - (part.peeksFrom[at] as number)] as number;
  }
  return addedAt[at] === -1 && spans.removal[stay] !== -1
    ? (spans.removal[stay] as number)
    : (addition[stay] as number);
}

/**
 * Of values without an order some that have none either, each of which is needed: what has no order keeps
 * having none with more values. Again and again the shortest beginning that has none together with what is
 * needed already, by doubling and halving; its last value is needed.
 */
function smallestCore(
  stack: StackSpans,
  stays: readonly number[],
  effort: { left: number },
  meter: Meter,
): number[] {
  const isTangled = (some: readonly number[]) => {
    const part = restrict(stack, some);
    const cost = part.size + part.peekCall.length;
    effort.left -= cost * Math.ceil(Math.log2(cost + 2));
    meter.spend(cost);
    const steps = stepMeter(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);
    return decomposeStack(part, steps).taken.length < part.size;
  };
  const needed: number[] = [];
  let others = [...stays].sort((a, b) => (stack.ret[a] as number) - (stack.ret[b] as number));
  while (others.length > 0) {
    // Beginnings of `low` values have an order with the needed ones, those of `high` have none.
    let low = -1;
    let high = others.length;
    for (let length = 0; length < high && effort.left > 0; length = 2 * length + 1) {
      if (isTangled([...needed, ...others.slice(0, length)])) high = length;
      else low = length;
    }
    while (high - low > 1 && effort.left > 0) {
      const middle = (low + high) >> 1;
      if (isTangled([...needed, ...others.slice(0, middle)])) high = middle;
      else low = middle;
    }
    if (effort.left <= 0) return [...needed, ...others.slice(0, high)].sort((a, b) => a - b);
    if (high === 0) break;
    needed.push(others[high - 1] as number);
    // What follows is sought from the near end: what tangles a value is close to it.
    others = others.slice(0, high - 1).reverse();
  }
  return needed.sort((a, b) => a - b);
}

/** Some stays alone, their instants renumbered without gaps: what matters is which come before which. */
function restrict(stack: StackSpans, stays: readonly number[]): StackSpans {
  const { count, peeksFrom } = stack;
  const peeks = stays.flatMap((stay) => {
    const from = peeksFrom[stay] as number;
    return Array.from({ length: (peeksFrom[stay + 1] as number) - from }, (_, index) => from + index);
  });
  const pick = (column: Int32Array, which: readonly number[]) =>
    Int32Array.from(which, (each) => column[each] as number);
  const columns = [
    ...[stack.call, stack.first, stack.last, stack.ret].map((column) => pick(column, stays)),
    ...[stack.peekCall, stack.peekRet].map((column) => pick(column, peeks)),
  ];
  const used = new Int32Array(columns.reduce((sum, column) => sum + column.length, 0));
  let filled = 0;
  for (const column of columns) {
    used.set(column, filled);
    filled += column.length;
  }
  used.sort();
  const numbers = new Map<number, number>();
  for (const instant of used)
    if (instant < count && !numbers.has(instant)) numbers.set(instant, numbers.size);
  const renumbered = columns.map((column) =>
    column.map((instant) => (instant < count ? (numbers.get(instant) as number) : numbers.size)),
  );
  const [call, first, last, ret, peekCall, peekRet] = renumbered as [
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
  ];
  const from = new Int32Array(stays.length + 1);
  for (const [at, stay] of stays.entries()) {
    from[at + 1] = (from[at] as number) + (peeksFrom[stay + 1] as number) - (peeksFrom[stay] as number);
  }
  return {
    size: stays.length,
    count: numbers.size,
    call,
    first,
    last,
    ret,
    peeksFrom: from,
    peekCall,
    peekRet,
  };
}
