import { type GeneratedShape, generatedHistory } from "../checkers/testing/generated-history.ts";
import { type GeneratedName, generatedKinds } from "../checkers/testing/generated-objects.ts";
import { NS_PER_MS } from "../harness/clock/index.ts";
import { writeHistory } from "../harness/history/files.ts";
import type { HistoryEvent } from "../harness/history/index.ts";

/** Writes a generated history to a file as it is made: in memory is one chunk of it. */
export function writeGenerated(path: string, kind: GeneratedName, shape: GeneratedShape): Promise<void> {
  return writeHistory(path, numbered(kind, shape));
}

/** One event a millisecond. */
function* numbered(kind: GeneratedName, shape: GeneratedShape): Generator<HistoryEvent> {
  let index = 0;
  for (const event of generatedHistory(generatedKinds[kind].create(), shape)) {
    yield { ...event, index, time: index++ * NS_PER_MS };
  }
}
