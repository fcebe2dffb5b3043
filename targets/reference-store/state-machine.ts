import type { Json } from "../../harness/history/operation.ts";
import type { ClientRequest, Reply } from "./frame.ts";

/**
 * What protocols replicate: nodes that execute the same requests in the same order hold the same and answer the same.
 * Neither clock nor chance has a part in it: what time it is, the
 * request says.
 */
export interface StateMachine {
  /** Whether the request only looks. */
  isRead(request: ClientRequest): boolean;
  /** `timeNs`: when it was put in order, by whoever did so; only where the protocol says so. It may go back. */
  execute(request: ClientRequest, timeNs?: number): Reply;
  /** All that it holds: a value, never changed later. */
  snapshot(): Json;
  restore(snapshot: Json): void;
}
