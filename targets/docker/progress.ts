import { createInterface } from "node:readline";
import type { BuildResult } from "./engine.ts";

/** Reads to its end what the engine streams while it builds or pulls: a JSON object a line. */
export async function progressOf(stream: NodeJS.ReadableStream): Promise<BuildResult> {
  let output = "";
  let error: string | undefined;
  // The stream's own errors (an abort, a lost engine) come out of the iteration only when it is iterated itself.
  const failed = new Promise<never>((_resolve, reject) => stream.once("error", reject));
  const read = (async () => {
    for await (const line of createInterface({ input: stream })) {
      const message = parseLine(line);
      output += message.text;
      error ??= message.error;
    }
  })();
  await Promise.race([read, failed]);
  const outputLines = output.split(/\r?\n/).filter((line) => line !== "");
  return error === undefined ? { outputLines } : { error, outputLines };
}

function parseLine(line: string): { text: string; error?: string } {
  if (line.trim() === "") return { text: "" };
  const message: unknown = JSON.parse(line);
  if (typeof message !== "object" || message === null) return { text: "" };
  const text = "stream" in message && typeof message.stream === "string" ? message.stream : "";
  return "error" in message && typeof message.error === "string" ? { text, error: message.error } : { text };
}
