import { expect, test } from "vitest";
import { withoutFrames } from "./log-frames.ts";

function frame(stream: 1 | 2, text: string): Buffer {
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([header, Buffer.from(text)]);
}

test("stdout and stderr come in the order in which they were written", () => {
  const framed = Buffer.concat([frame(1, "a\n"), frame(2, "b\n"), frame(1, ""), frame(1, "c\n")]);
  expect(withoutFrames(framed).toString()).toBe("a\nb\nc\n");
});

test("a frame that was cut off gives what there is of it", () => {
  expect(withoutFrames(frame(1, "hello").subarray(0, 11)).toString()).toBe("hel");
  expect(withoutFrames(frame(1, "hello").subarray(0, 5)).toString()).toBe("");
});
