import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { type Thread, ThreadSet } from "./thread-set.ts";

const threads = fc.uniqueArray(fc.oneof(fc.nat({ max: 100 }), fc.constant<Thread>("nemesis")));

/** Clients in ascending order, then the nemesis: what a set iterates in. */
function sorted(members: Iterable<Thread>): Thread[] {
  const rank = (thread: Thread) => (thread === "nemesis" ? Infinity : thread);
  return [...new Set(members)].sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
}

describe("ThreadSet agrees with a plain set", () => {
  property.prop([threads])("in its members, their order and their ranks", (members) => {
    const set = ThreadSet.of(members);
    const expected = sorted(members);
    expect([...set]).toEqual(expected);
    expect(set.size).toBe(expected.length);
    expect(set.clients).toBe(expected.filter((thread) => thread !== "nemesis").length);
    expect(expected.map((_, rank) => set.at(rank))).toEqual(expected);
    expect(set.at(expected.length)).toBeUndefined();
    for (let thread = 0; thread < 140; thread++) expect(set.has(thread)).toBe(members.includes(thread));
    expect(set.has("nemesis")).toBe(members.includes("nemesis"));
  });

  property.prop([threads, threads])("in intersections", (a, b) => {
    const both = ThreadSet.of(a).intersect(ThreadSet.of(b));
    expect([...both]).toEqual(sorted(a.filter((thread) => b.includes(thread))));
    expect(both.size).toBe([...both].length);
  });

  property.prop([threads, fc.oneof(fc.nat({ max: 100 }), fc.constant<Thread>("nemesis"))])(
    "in additions and removals, which leave the set itself alone",
    (members, thread) => {
      const set = ThreadSet.of(members);
      expect([...set.with(thread)]).toEqual(sorted([...members, thread]));
      expect([...set.without(thread)]).toEqual(sorted(members.filter((member) => member !== thread)));
      expect([...set]).toEqual(sorted(members));
    },
  );
});

test("the clients of a run are numbered from 0", () => {
  expect([...ThreadSet.clients(3)]).toEqual([0, 1, 2]);
  expect(ThreadSet.clients(0).size).toBe(0);
  expect(ThreadSet.clients(64).at(63)).toBe(63);
});
