import { expect, test } from "vitest";
import { Random } from "../../../harness/clock/random.ts";
import { DeadlineHeap } from "./deadline-heap.ts";

test("an empty heap has no top", () => {
  const heap = new DeadlineHeap(new Int32Array(0));
  expect([heap.top(), heap.pop()]).toEqual([-1, -1]);
});

test("of what is in it, that which is due first comes first, whatever is pushed in between", () => {
  const random = new Random(1);
  const deadlines = Int32Array.from({ length: 300 }, () => random.int(200));
  const due = (operation: number) => deadlines[operation] as number;
  const heap = new DeadlineHeap(deadlines);
  const inside: number[] = [];
  let pushed = 0;
  while (pushed < deadlines.length || inside.length > 0) {
    if (pushed < deadlines.length && random.chance(0.6)) {
      inside.push(pushed);
      heap.push(pushed++);
      continue;
    }
    inside.sort((a, b) => due(a) - due(b));
    const top = heap.pop();
    expect(top === -1 ? undefined : due(top)).toBe(
      inside.length === 0 ? undefined : due(inside[0] as number),
    );
    inside.splice(inside.indexOf(top), top === -1 ? 0 : 1);
  }
});
