import type { Key } from "../harness/history/index.ts";
import type { Anomaly } from "../harness/ports/verdict.ts";
import { type ClientOperation, doer } from "./client-operations.ts";

interface UnfoundedRead {
  readonly key: Key | undefined;
  readonly read: ClientOperation;
  /** What it saw, as in `read 5`. */
  readonly saw: string;
  /** What puts such a thing there, as in `write`; and one that failed, where there was one. */
  readonly source: string;
  readonly failed: ClientOperation | undefined;
  /** Why there is no source, where none failed. */
  readonly otherwise: string;
}

/** A read of what no operation can have put there by then: `aborted-read` where one failed that did, else `thin-air-read`. */
export function unfoundedRead({ key, read, saw, source, failed, otherwise }: UnfoundedRead): Anomaly {
  const why = failed === undefined ? otherwise : `whose ${source} by ${doer(failed)} failed`;
  return {
    type: failed === undefined ? "thin-air-read" : "aborted-read",
    ...(key === undefined ? {} : { key }),
    message: `${doer(read)} ${saw}, ${why}`,
    operations: [...(failed === undefined ? [] : [failed.invokeIndex]), read.invokeIndex],
  };
}

/** Why a register did not hold a value yet, whose first write, where there is one, is `later`. */
export function nobodyWrote(later: ClientOperation | undefined): string {
  return later === undefined
    ? "which nobody ever wrote"
    : `which nobody began to write before event ${later.invokeIndex}`;
}
