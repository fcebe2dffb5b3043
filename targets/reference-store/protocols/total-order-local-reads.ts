import type { Protocol } from "../frame.ts";
import {
  startProcess,
  type TotalOrderMessage,
  type TotalOrderState,
  totalOrderMulticast,
} from "./total-order-multicast.ts";

const sequential = { consistency: "sequential", workload: "causal" };

/**
 * Total order multicast for updates alone; a process answers reads at once from what it has delivered. How much that
 * is, is durable before a read is answered, and delivered again at a start.
 *
 * Sequentially consistent, for clients that stay with one process. Order the updates as they are delivered, and put
 * each read behind the last update that its process had delivered. All deliver the same updates in the same
 * order, so reads return what registers then hold; and no client goes back: an update is answered when its own process
 * has delivered it, and stamped later than all that its process had delivered before.
 *
 * Not linearizable: an update is answered by a process that has every acknowledgement, while another still waits for
 * one and answers reads with the value before.
 */
export const totalOrderLocalReads: Protocol<TotalOrderState, TotalOrderMessage> = {
  ...totalOrderMulticast,
  name: "total-order-local-reads",
  promises: [sequential],
  lacks: [{ consistency: "linearizable", workload: "register" }],
  source:
    "Attiya and Welch, Sequential Consistency versus Linearizability (1994), over Lamport's total order (1978)",
  description: "Every process orders every update by Lamport timestamp, and answers reads from its own copy.",
  bugs: {
    "acknowledge-when-multicast": {
      description:
        "an update is acknowledged before its own process has delivered it: its client does not read it",
      breaks: sequential,
    },
    "deliver-unacknowledged": {
      description:
        "an update is delivered when it is at the head of the queue, whoever may still be behind its time",
      breaks: sequential,
    },
    "ties-by-arrival": {
      description: "updates of the same Lamport time are ordered by arrival instead of by sender",
      breaks: sequential,
    },
    "forget-delivered": {
      description: "a process that starts again answers reads before it has delivered all that it had shown",
      breaks: sequential,
    },
  },
  start: (config, disk) => startProcess(config, disk, true),
};
