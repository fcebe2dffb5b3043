import { expect, test } from "vitest";
import { drawIntervals } from "./drawing.ts";

test("intervals are drawn by the order of their events, two columns an event", () => {
  const never = Number.POSITIVE_INFINITY;
  const bars = [
    { label: "a", call: 10, ret: 5000 },
    { label: "bcd", call: 20, ret: never },
    { label: "e", call: 30, ret: 40 },
  ];
  expect(`\n${drawIntervals(bars).join("\n")}\n`).toMatchInlineSnapshot(`
    "
    a    |-------|
    bcd    |--------
    e        |-|
    "
  `);
});
