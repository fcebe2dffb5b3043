import type { OptionValues } from "../../../harness/ports/options.ts";

/** What the program of a node is called with, as JSON. */
export interface NodeArguments {
  /** The store's options. */
  readonly options: OptionValues;
  /** Where nodes keep their journals. */
  readonly folder: string;
  readonly seed: number;
  /** The wall clock when the cluster was started: the beginning of the time that all nodes count. */
  readonly originMs: number;
}
