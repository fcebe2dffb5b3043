import { expect, test } from "vitest";
import { casRegister, type Model, register } from "../models/index.ts";
import { drawn } from "../testing/drawn-history.ts";
import { historyOf } from "../testing/history-of.ts";
import { prepare } from "./prepare.ts";
import { statesBefore } from "./states-before.ts";

function before(drawing: string, model: Model, position: number, steps = 10_000) {
  const [part] = prepare(historyOf(drawn(drawing)), model).parts;
  if (part === undefined) throw new Error("no operations");
  const { problem } = part.problem();
  const name = (operation: number) => {
    const { f, input, output } = problem.classes[problem.classOf[operation] as number]?.operation ?? {};
    return `${f} ${JSON.stringify(f === "read" ? output : input)}`;
  };
  return statesBefore(problem, model, position, { steps, memoryBytes: 1e6 })?.map(
    ({ state, placed, open }) =>
      `${JSON.stringify(state)}: placed ${placed.map(name).join(", ") || "none"}; open ${open.map(name).join(", ")}`,
  );
}

const STALE = `
  0  |-w1-|  |-w3-------|
  1         |-w2------------|
  2              |-r1-|
`;

test("every state that the object can be in is told, with what was placed for it", () => {
  expect(before(STALE, register(), 1)).toEqual(undefined);
  const impossible = STALE.replace("r1", "r9");
  expect(before(impossible, register(), 1)).toEqual([
    "1: placed none; open write 3, write 2, read 9",
    "3: placed write 3; open write 2, read 9",
    "2: placed write 2; open write 3, read 9",
    "2: placed write 3, write 2; open read 9",
    "3: placed write 3, write 2; open read 9",
  ]);
});

test("crashed operations are placed where that leads to another state", () => {
  const drawing = `
    0  |-w1-|
    1  |-w7-?
    2  |-c1:4--?
    3          |-r9-|  |-r4-|
  `;
  expect(before(drawing, casRegister({ init: 0 }), 1)).toEqual([
    "1: placed none; open read 9, cas [1,4]",
    "4: placed cas [1,4]; open read 9",
  ]);
});

test("nothing is told without enough steps, or of another position than the one that fails", () => {
  const impossible = STALE.replace("r1", "r9");
  expect(before(impossible, register(), 1, 2)).toBe(undefined);
  expect(before(impossible, register(), 0)).toBe(undefined);
  expect(before(impossible, register(), 2)).toBe(undefined);
});
