import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { progressOf } from "./progress.ts";

test("the output of a build is put together from its pieces", async () => {
  const stream = Readable.from([
    '{"stream":"Step 1"}\r\n{"stream":"/2\\n"}\r\n',
    '{"aux":{"ID":"sha256:1"}}\r\n{"stream":"done\\n"}\r\n',
  ]);
  expect(await progressOf(stream)).toEqual({ outputLines: ["Step 1/2", "done"] });
});

test("an error of the engine is kept beside the output", async () => {
  const stream = Readable.from([
    '{"stream":"E: no such package\\n"}\n{"error":"returned a non-zero code: 100"}\n',
  ]);
  expect(await progressOf(stream)).toEqual({
    error: "returned a non-zero code: 100",
    outputLines: ["E: no such package"],
  });
});

test("a stream that breaks off is an error, and no build", async () => {
  const stream = new Readable({ read() {} });
  stream.push('{"stream":"Step 1"}\n');
  const progress = progressOf(stream);
  stream.destroy(new Error("socket hang up"));
  await expect(progress).rejects.toThrow("socket hang up");
});
