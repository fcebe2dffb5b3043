import { expect, it } from "vitest";
import { NodeLog } from "./node-log.ts";

it("a node's log keeps the newest lines and says how many it forgot", () => {
  const log = new NodeLog(4);
  for (let i = 1; i <= 7; i++) log.add(i * 1_000, `line ${i}`);
  expect(log.text()).toMatchInlineSnapshot(`
    "(3 earlier lines were not kept)
    0.000004 line 4
    0.000005 line 5
    0.000006 line 6
    0.000007 line 7
    "
  `);
});
