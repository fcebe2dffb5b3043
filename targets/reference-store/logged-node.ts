import type { Json } from "../../harness/history/operation.ts";
import type { EffectList } from "./effect-list.ts";
import { EventEffects } from "./event-effects.ts";
import type { DiskContents } from "./frame.ts";

/** Where a node of one log has it. */
const LOG = "log";
const RUNS = "runs";

/** Collects the effects of one event of a node that keeps one log of what happened. */
export class LoggedEffects<Message, LogRecord extends Json> extends EventEffects<Message> {
  /** Into the node's log. Where others are to rely on it, a sync follows. */
  record(entry: LogRecord): void {
    this.append(LOG, [entry]);
  }
}

/** What the node's log says, in order. */
export function recordsOf<LogRecord extends Json>(disk: DiskContents): readonly LogRecord[] {
  return (disk.logs.get(LOG) ?? []) as readonly LogRecord[];
}

/**
 * The number of the run that starts now, from 1. It is durable before anybody hears of this run, so what is named after it has
 * a name that no other run of the node gives.
 */
export function beginRun(disk: DiskContents, effects: EffectList<unknown>): number {
  const run = 1 + ((disk.records.get(RUNS) ?? 0) as number);
  effects.write(RUNS, run);
  effects.sync();
  return run;
}
