/** How much load a run puts on a store, by how many, and for how long. */
export interface LoadParameters {
  readonly nodes: readonly string[];
  /** Client threads; thread t talks to node t mod n. */
  readonly concurrency: number;
  /** Operations per second over all clients; 0: as fast as they come. */
  readonly rateHz: number;
  /** How many operations start together, with pauses between that keep the rate. */
  readonly burst: number;
  readonly timeLimitNs: number;
  /** How long the recovery phase may take. */
  readonly recoveryLimitNs: number;
  readonly opTimeoutNs: number;
}
