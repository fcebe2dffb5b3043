import { expect, test } from "vitest";
import { historyWriteError } from "./history-write-error.ts";

const fullDisk = Object.assign(new Error("no space left on device"), { code: "ENOSPC" });

test("what to do on a full disk says that the part can be used, where it is still there", () => {
  const hint = (bytesWritten: number, isKept: boolean) =>
    historyWriteError("h.jsonl", bytesWritten, fullDisk, { isKept }).hint;
  expect(hint(100, true)).toBe("free some space on that disk; what was written so far can still be checked");
  expect(hint(100, false)).toBe("free some space on that disk");
  expect(hint(0, true)).toBe("free some space on that disk");
});

test("an error that nobody foresaw has a hint too", () => {
  expect(historyWriteError("h.jsonl", 0, "odd", { isKept: false }).hint).toBe("is the disk in order?");
});
