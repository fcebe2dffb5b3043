import { type Meter, stepMeter } from "../../meter.ts";
import type { Contradiction } from "./contents.ts";
import { type Decomposition, decomposeStack, type StackSpans } from "./decompose-stack.ts";
import { MaxTree } from "./max-tree.ts";
import { restrictStack } from "./restrict-stack.ts";
import type { Spans } from "./spans.ts";
import { listed, valueText, witness } from "./witness.ts";

/** Operations that may be looked at, over all trials, to make a witness smaller; a few more for small ones. */
const EFFORT = { steps: 4_000_000, perOperation: 4 };

/** For trials, which are paid for by their size. */
const UNLIMITED = stepMeter(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);

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

/** An operation that has no instant, in stack spans: the addition, the removal, or a peek by its place. */
interface Blocked {
  readonly what: "addition" | "removal" | { readonly peek: number };
  readonly from: number;
  readonly to: number;
}

function blockedOf(
  { call, first, last, ret, peeksFrom, peekCall, peekRet }: StackSpans,
  { addedAt, removedAt, peekedAt }: Decomposition,
  stay: number,
): Blocked | undefined {
  const at = (column: Int32Array, place: number) => column[place] as number;
  if (removedAt[stay] === -1) return { what: "removal", from: at(last, stay), to: at(ret, stay) };
  for (let peek = at(peeksFrom, stay); peek < at(peeksFrom, stay + 1); peek++) {
    if (peekedAt[peek] === -1) return { what: { peek }, from: at(peekCall, peek), to: at(peekRet, peek) };
  }
  if (addedAt[stay] === -1) return { what: "addition", from: at(call, stay), to: at(first, stay) };
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
  const { addition, peeks, peeksFrom } = spans.contents;
  const core = smallestCore(stack, stays, { left: EFFORT.steps + EFFORT.perOperation * stack.size }, meter);
  const part = restrictStack(stack, core);
  const found = decomposeStack(part, UNLIMITED);
  // The operation that was blocked longest: most is known by then.
  let stay = 0;
  let latest: Blocked | undefined;
  for (const at of core.keys()) {
    const blocked = blockedOf(part, found, at);
    if (blocked === undefined || (latest !== undefined && blocked.to <= latest.to)) continue;
    stay = at;
    latest = blocked;
  }
  const of = core[stay] as number;
  const what = latest?.what;
  const operation =
    typeof what === "object"
      ? (peeks[(peeksFrom[of] as number) + what.peek - (part.peeksFrom[stay] as number)] as number)
      : ((what === "removal" ? spans.removal : addition)[of] as number);
  const texts = listed(core.map((each) => valueText(spans, each)));
  const nobody =
    core.length === 2
      ? `neither of ${texts} can lie beneath the other`
      : `none of ${texts} can lie beneath the others`;
  const why = `but ${nobody} at the times when they came, were seen and went`;
  // All peeks at the values belong to it: without one of them the others might have an order.
  const seen = core.flatMap((each) => [...peeks.subarray(peeksFrom[each], peeksFrom[each + 1])]);
  return witness(spans, core, operation, why, seen);
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
    const part = restrictStack(stack, some);
    const cost = part.size + part.peekCall.length;
    effort.left -= cost * Math.ceil(Math.log2(cost + 2));
    meter.spend(cost);
    return decomposeStack(part, UNLIMITED).taken.length < part.size;
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
