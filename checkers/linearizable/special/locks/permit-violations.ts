import { byCompletion, violation } from "../extents.ts";
import type { SpecialDecision } from "../special-checker.ts";
import type { Course } from "./course.ts";

/**
 * Why `failed` cannot have a place at its completion: all permits are taken (or free), and every operation of the other
 * kind that was invoked by then is used.
 *
 * Between two instants, operations of its kind that began and ended there all took effect there; of the other kind only
 * those can have that had not ended at the first instant and had begun by the last. If the former exceed the latter by more than
 * there are permits, there is no order, however many permits were held at the first instant; nor is there one of these operations
 * alone. Mostly there are such instants, and the latest first one needs few operations.
 *
 * Otherwise several stretches of time work together: an operation of the other kind that was used early cannot be
 * reckoned with in a later stretch. As far back as that matters, everything is kept.
 *
 * Cost: O(n log n).
 */
export function permitViolation(course: Course, failed: number, permits: number): SpecialDecision {
  const { extents, isAcquire } = course;
  const { size, call, ret } = extents;
  const kind = isAcquire[failed] as number;
  const end = ret[failed] as number;
  const excess = latestExcess(course, failed, permits);
  const since = excess ?? lastUntouched(course, failed);
  const operations: number[] = [];
  let ofKind = 0;
  for (let at = 0; at < size && (call[at] as number) < end; at++) {
    if ((ret[at] as number) <= since) continue;
    if (isAcquire[at] !== kind) operations.push(at);
    else if ((call[at] as number) > since && (ret[at] as number) <= end) {
      operations.push(at);
      ofKind++;
    } else if (excess === undefined) operations.push(at);
  }
  const others = operations.length - ofKind;
  if (excess === undefined) return violation(extents, operations, failed, whyAt(kind, permits));
  if (kind === 0 && excess !== -1) operations.push(...heldSince(course, excess, permits));
  return violation(extents, operations, failed, whyThen(kind, ofKind, others));
}

/**
 * Acquires from before an instant, so that as many permits are held then as there are: with them every release but the last
 * can have a place, and all together still none.
 */
function heldSince({ extents, isAcquire }: Course, instant: number, permits: number): number[] {
  const before: number[] = [];
  for (let at = extents.size - 1; at >= 0 && before.length < permits; at--) {
    if (isAcquire[at] === 1 && (extents.ret[at] as number) <= instant) before.push(at);
  }
  return before;
}

function whyAt(kind: number, permits: number): string {
  const which = permits === 1 ? "it was" : `all ${permits} permits were`;
  return `but ${which} ${kind === 1 ? "held" : "free"} then, in every order that fits real time`;
}

function whyThen(kind: number, ofKind: number, others: number): string {
  const [did, undid] = kind === 1 ? ["acquire", "release"] : ["release", "acquire"];
  const between = others === 0 ? `no ${undid}` : `${others} ${undid}${others === 1 ? "" : "s"} at most`;
  return ofKind === 1
    ? `but ${between} can have come before it`
    : `but it is the last of ${ofKind} ${did}s that all came one after the other, with ${between} between them`;
}

/**
 * The latest instant since which more operations of the kind of `failed` took effect than the others can have made
 * room for; -1 where that is the beginning, undefined where there is none.
 */
function latestExcess({ extents, isAcquire }: Course, failed: number, permits: number): number | undefined {
  const { size, call, ret } = extents;
  const kind = isAcquire[failed] as number;
  const end = ret[failed] as number;
  const completions = byCompletion(extents);
  let next = completions.length - 1;
  let excess = 0;
  for (let at = 0; at < size && (call[at] as number) < end; at++) {
    if (isAcquire[at] !== kind && (ret[at] as number) > end) excess--;
  }
  for (let at = failed; at >= 0; at--) {
    const begun = call[at] as number;
    for (; next >= 0 && (ret[completions[next] as number] as number) > begun; next--) {
      const over = completions[next] as number;
      if (isAcquire[over] !== kind && (ret[over] as number) < end) excess--;
    }
    if (isAcquire[at] === kind && (ret[at] as number) <= end && ++excess > permits) return begun - 1;
  }
  // At first all permits are free.
  return excess > (kind === 1 ? permits : 0) ? -1 : undefined;
}

/**
 * An instant such that nothing that was used before it matters; -1 where there is none but the beginning.
 *
 * Say that `failed` is a release (an acquire is the same the other way round). Releases since the last that was used early and
 * was not due by the end, at instant s, took effect after s; all permits were held then. So acquires would suffice if none used
 * up to s could have come later. If some could, the last of them was used at an instant when all permits were free, and those
 * since then came between the two. That many permits were free at that instant follows in the same way from the releases
 * before it, and so on. (A negative cycle in the bounds on how many of each kind took effect by each instant.)
 */
function lastUntouched({ extents, isAcquire, order, dueFor, length }: Course, failed: number): number {
  const { ret } = extents;
  const failedKind = isAcquire[failed] as number;
  let kind = failedKind;
  let since = ret[failed] as number;
  for (let place = length - 1; place >= 0; place--) {
    const operation = order[place] as number;
    const due = dueFor[place] as number;
    if (due === operation || isAcquire[operation] !== kind || (ret[operation] as number) < since) continue;
    since = ret[due] as number;
    kind = 1 - kind;
  }
  return kind === failedKind ? -1 : since;
}
