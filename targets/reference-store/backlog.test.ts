import { expect, test } from "vitest";
import { Backlog } from "./backlog.ts";

test("a change is owed to every peer until that peer acknowledges it", () => {
  const backlog = new Backlog(["n2", "n3"]);
  backlog.changed("x");
  expect(backlog.owedTo("n2", 9)).toEqual([["x", 1]]);
  backlog.acknowledged("n2", [["x", 1]]);
  expect(backlog.owedTo("n2", 9)).toEqual([]);
  expect(backlog.owedTo("n3", 9)).toEqual([["x", 1]]);
});

test("an acknowledgement of an older version settles nothing", () => {
  const backlog = new Backlog(["n2"]);
  backlog.changed("x");
  backlog.changed("x");
  backlog.acknowledged("n2", [["x", 1]]);
  expect(backlog.owedTo("n2", 9)).toEqual([["x", 2]]);
});

test("the oldest debt goes first", () => {
  const backlog = new Backlog(["n2"]);
  for (const key of ["b", "a", "b", "c"]) backlog.changed(key);
  expect(backlog.owedTo("n2", 2).map(([key]) => key)).toEqual(["b", "a"]);
});

test("what one peer lacks is owed to that peer alone", () => {
  const backlog = new Backlog(["n2", "n3"]);
  backlog.owe("n2", "x");
  expect(backlog.owedTo("n2", 9)).toEqual([["x", 1]]);
  expect(backlog.owedTo("n3", 9)).toEqual([]);
});
