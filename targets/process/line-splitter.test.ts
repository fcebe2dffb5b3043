import { expect, test } from "vitest";
import { LineSplitter } from "./line-splitter.ts";

function split(chunks: readonly string[], maxBytes = 100): string[] {
  const told: string[] = [];
  const splitter = new LineSplitter(maxBytes, {
    line: (text, number) => told.push(`${number}: ${text}`),
    tooLong: (start, number) => told.push(`${number} is too long: ${start}`),
  });
  for (const chunk of chunks) splitter.push(Buffer.from(chunk));
  return told;
}

test("lines come whole, wherever the stream was cut", () => {
  expect(split(["a", "b\nc", "\n\nd\n"])).toEqual(["1: ab", "2: c", "3: ", "4: d"]);
});

test("a carriage return before the end belongs to it", () => {
  expect(split(["a\r\nb\rc\n"])).toEqual(["1: a", "2: b\rc"]);
});

test("a rest without an end is no line", () => {
  expect(split(["a\nb"])).toEqual(["1: a"]);
});

test("characters that a cut divides are put together", () => {
  const told: string[] = [];
  const splitter = new LineSplitter(100, { line: (text) => told.push(text), tooLong: () => told.push("!") });
  for (const byte of Buffer.from("ä€😀\n")) splitter.push(Uint8Array.of(byte));
  expect(told).toEqual(["ä€😀"]);
});

test("a line beyond the limit is told by its beginning, and nothing after it", () => {
  expect(split(["ok\n", "x".repeat(6), "x".repeat(6), "\nlater\n"], 10)).toEqual([
    "1: ok",
    "2 is too long: xxxxxxxxxxxx",
  ]);
});
