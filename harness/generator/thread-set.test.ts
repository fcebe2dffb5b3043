import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Thread, ThreadSet } from "./thread-set.ts";

const thread: fc.Arbitrary<Thread> = fc.oneof(fc.nat(100), fc.constant("nemesis" as const));
const threads = fc.uniqueArray(thread);

function inOrder(members: Iterable<Thread>): Thread[] {
  const rank = (member: Thread) => (member === "nemesis" ? Infinity : member);
  return [...members].toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1));
}

describe("a set of threads", () => {
  it("is the set of its members, clients in ascending order and then the nemesis", () => {
    fc.assert(
      fc.property(threads, thread, (members, other) => {
        const set = ThreadSet.of(members);
        expect([...set]).toEqual(inOrder(members));
        expect(set.size).toBe(members.length);
        expect(set.has(other)).toBe(members.includes(other));
      }),
    );
  });

  it("gains and loses members without being changed itself", () => {
    fc.assert(
      fc.property(threads, thread, (members, other) => {
        const set = ThreadSet.of(members);
        expect([...set.with(other)]).toEqual(inOrder(new Set([...members, other])));
        expect([...set.without(other)]).toEqual(inOrder(members.filter((member) => member !== other)));
        expect([...set]).toEqual(inOrder(members));
      }),
    );
  });

  it("intersects", () => {
    fc.assert(
      fc.property(threads, threads, (a, b) => {
        expect([...ThreadSet.of(a).intersect(ThreadSet.of(b))]).toEqual(
          inOrder(a.filter((member) => b.includes(member))),
        );
      }),
    );
  });

  it("gives the member at each rank and none beyond", () => {
    fc.assert(
      fc.property(threads, (members) => {
        const set = ThreadSet.of(members);
        expect(members.map((_, rank) => set.at(rank))).toEqual(inOrder(members));
        expect(set.at(members.length)).toBeUndefined();
      }),
    );
  });
});
