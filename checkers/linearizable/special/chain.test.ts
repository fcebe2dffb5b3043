import { expect, test } from "vitest";
import { stepMeter } from "../meter.ts";
import { NEVER } from "../preparation/problem.ts";
import { byPlace, outOfOrder } from "./chain.ts";

const meter = stepMeter(1e6, 1e6);
const ints = (...numbers: number[]) => Int32Array.from(numbers);

//  0 |--|          in the chain 0, 1, 2
//  1      |-----|
//  2   |-----|
const call = ints(0, 4, 1);
const ret = ints(3, 8, 6);

test("a chain that turns round no pair agrees with real time", () => {
  expect(outOfOrder(ints(0, 1, 2), { call, ret }, meter)).toBeUndefined();
  expect(outOfOrder(ints(2, 0, 1), { call, ret }, meter)).toBeUndefined();
  expect(outOfOrder(ints(), { call, ret }, meter)).toBeUndefined();
});

test("two that are turned round are found, however far apart they are", () => {
  expect(outOfOrder(ints(1, 2, 0), { call, ret }, meter)).toEqual({ earlier: 1, later: 0 });
});

test("what crashed is never late, but may have begun too late", () => {
  const crashed = { call, ret: ints(NEVER, 8, 6) };
  expect(outOfOrder(ints(1, 2, 0), crashed, meter)).toBeUndefined();
  expect(outOfOrder(ints(1, 0), { call, ret: ints(3, NEVER, 6) }, meter)).toEqual({ earlier: 1, later: 0 });
});

test("operations by place, those of one place in order of invocation, and some without any", () => {
  expect(byPlace(ints(2, 0, -1, 2, -2, 1), 3)).toEqual(ints(1, 5, 0, 3));
});
