import { z } from "zod";
import type { ScriptedOperation } from "../harness/generator/index.ts";
import type { Json } from "../harness/history/index.ts";
import { readRunFile } from "./read-run-file.ts";

const json: z.ZodType<Json> = z.json();
const count = z.int().nonnegative();

const scriptedOperation = z.object({
  timeNs: count,
  thread: count,
  f: z.string(),
  key: z.union([z.string(), z.number()]).exactOptional(),
  value: json,
}) satisfies z.ZodType<ScriptedOperation>;

/** A recorded load as a file of a run's folder: one operation a line, in order of time. */
export function scriptText(operations: readonly ScriptedOperation[]): string {
  return operations
    .map(({ timeNs, thread, f, key, value }) => `${JSON.stringify({ timeNs, thread, f, key, value })}\n`)
    .join("");
}

/** Reads what {@link scriptText} wrote. Errors: UsageError `unreadable-script`. */
export function readScript(path: string): Promise<readonly ScriptedOperation[]> {
  return readRunFile(path, operationsOf, {
    code: "unreadable-script",
    message: `${path} is no recorded load`,
    hint: "it belongs to the run folder in which it stands, and is written together with its manifest",
  });
}

function operationsOf(text: string): readonly ScriptedOperation[] {
  const lines = text.split("\n").filter((line) => line !== "");
  return lines.map((line) => scriptedOperation.parse(JSON.parse(line)));
}
