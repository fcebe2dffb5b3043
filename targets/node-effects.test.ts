import { expect, test } from "vitest";
import { jointEffect } from "./node-effects.ts";

test("nodes with the same detail are named together", () => {
  expect(
    jointEffect([
      { node: "n1", effective: true, detail: "exit code 137" },
      { node: "n2", effective: false, detail: "was down" },
      { node: "n3", effective: true, detail: "exit code 137" },
    ]),
  ).toEqual({ effective: true, detail: "n1, n3: exit code 137; n2: was down" });
});

test("nodes where nothing was to do are left out", () => {
  expect(
    jointEffect([
      { node: "n1", effective: false },
      { node: "n2", effective: true, detail: "resumed" },
    ]),
  ).toEqual({
    effective: true,
    detail: "n2: resumed",
  });
});

test("nothing done has no effect", () => {
  expect(jointEffect([])).toEqual({ effective: false, detail: "nothing to do" });
  expect(jointEffect([{ node: "n1", effective: false }])).toEqual({
    effective: false,
    detail: "nothing to do",
  });
});
