import type { ScriptedOperation } from "../generator/index.ts";

/** A load that was recorded: what clients do instead of what the workload would make up. */
export interface LoadScript {
  readonly operations: readonly ScriptedOperation[];
  /** Whether the workload's final reads follow, once everything is healed. */
  readonly recovery: boolean;
}
