import type { Guarantee } from "../../harness/ports/target.ts";

/**
 * How it shows what a store gives up that lets replicas lag: over a network that is slow and loses much, with long
 * time-outs, so that one replica goes without an update for long while others build upon it.
 */
export function laggingReplicas(guarantee: Guarantee): Guarantee {
  return {
    ...guarantee,
    workloadOptions: { keys: "4", ...guarantee.workloadOptions },
    targetOptions: { latency: "20ms", loss: "0.3", timeout: "2s", ...guarantee.targetOptions },
  };
}
