import { describe, expect, it } from "vitest";
import { answered, Lists, listOperations } from "./lists.ts";

describe("lists", () => {
  it("are read by a transaction with its own appends so far, and change when these are applied", () => {
    const lists = new Lists();
    lists.append("x", 1);
    const operations = listOperations([
      ["r", "x", null],
      ["append", "x", 2],
      ["append", "y", 3],
      ["r", "x", null],
    ]);
    const reads = lists.reads([...(operations ?? []).entries()]);
    expect(reads).toEqual([
      [0, [1]],
      [3, [1, 2]],
    ]);
    expect(lists.get("x")).toEqual([1]);
    expect(answered(operations ?? [], new Map(reads))).toEqual([
      ["r", "x", [1]],
      ["append", "x", 2],
      ["append", "y", 3],
      ["r", "x", [1, 2]],
    ]);
  });

  it.each([[null], [7], [["append"]], [[["write", "x", 1]]]])("know that %j is no transaction", (value) => {
    expect(listOperations(value as never)).toBeUndefined();
  });
});
