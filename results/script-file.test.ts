import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { ScriptedOperation } from "../harness/generator/index.ts";
import { readScript, scriptText } from "./script-file.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

const operations: readonly ScriptedOperation[] = [
  { timeNs: 0, thread: 0, f: "write", key: "x", value: 1 },
  { timeNs: 5, thread: 12, f: "cas", key: 7, value: [1, null] },
  { timeNs: 6, thread: 0, f: "txn", value: [["r", "x", null]] },
];

test("a recorded load is read as it was written, one operation a line", async () => {
  const path = join(await temporaryFolder(), "operations.jsonl");
  const text = scriptText(operations);
  expect(text.split("\n")).toHaveLength(operations.length + 1);
  await writeFile(path, text);
  expect(await readScript(path)).toEqual(operations);
});

test.each(["", '{"timeNs":-1,"thread":0,"f":"read","value":null}\n', "no JSON\n"])(
  "what is none is refused: %j",
  async (text) => {
    const path = join(await temporaryFolder(), "operations.jsonl");
    if (text === "") expect(scriptText([])).toBe(text);
    else await writeFile(path, text);
    await expect(readScript(path)).rejects.toMatchObject({ name: "UsageError", code: "unreadable-script" });
  },
);
