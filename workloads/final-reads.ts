import {
  concurrentKeys,
  eachThread,
  type Generator,
  operation,
  phases,
  repeat,
  sequence,
  untilOk,
} from "../harness/generator/index.ts";
import type { Key } from "../harness/history/operation.ts";

/** How many of the last keys every client reads at the end: those that were busy when the load ended. */
const LAST_KEYS_READ_BY_ALL = 3;

/**
 * Every key once, asked again until it answers, since a failed final read is no loss; then the last keys through
 * every client, which shows replicas that lag behind.
 */
export function finalReads(keys: readonly Key[], concurrency: number): Generator {
  const read = (key: Key) => operation({ f: "read", key, value: null });
  return phases(
    concurrentKeys({
      groups: concurrency,
      keyCount: keys.length,
      keys: (ordinal) => keys[ordinal] as Key,
      generatorFor: (key) => untilOk(repeat(read(key))),
    }),
    eachThread(sequence(...keys.slice(-LAST_KEYS_READ_BY_ALL).map(read))),
  );
}
