import type { Random } from "../../harness/clock/random.ts";
import type { BareEvent } from "./history-of.ts";

export interface LocalReadsShape {
  readonly operations: number;
  readonly processes: number;
  readonly keys: number;
}

/**
 * What clients see of a store that orders all writes and reads locally: each process has applied some beginning of one log, at least up to
 * its own last write. Sequential, and not linearizable. Values are written once.
 */
export function localReadsHistory(
  random: Random,
  { operations, processes, keys }: LocalReadsShape,
): BareEvent[] {
  const log: { key: string; value: number }[] = [];
  const copies = Array.from({ length: processes }, () => ({ applied: 0, held: new Map<string, number>() }));
  const catchUp = (process: number, until: number) => {
    const copy = copies[process] as (typeof copies)[number];
    for (; copy.applied < until; copy.applied++) {
      const { key, value } = log[copy.applied] as (typeof log)[number];
      copy.held.set(key, value);
    }
    return copy;
  };
  return Array.from({ length: operations }, (_, at): BareEvent[] => {
    const process = random.int(processes);
    const key = `k${random.int(keys)}`;
    const behind = log.length - (copies[process]?.applied ?? 0);
    const copy = catchUp(process, log.length - (random.chance(0.5) ? behind : random.int(behind + 1)));
    if (random.chance(0.5)) {
      const value = copy.held.get(key) ?? null;
      return [
        { type: "invoke", process, f: "read", key, value: null },
        { type: "ok", process, f: "read", key, value },
      ];
    }
    log.push({ key, value: at });
    catchUp(process, log.length);
    return (["invoke", "ok"] as const).map((type) => ({ type, process, f: "write", key, value: at }));
  }).flat();
}
