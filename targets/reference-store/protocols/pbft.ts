import type { Guarantee } from "../../../harness/ports/target.ts";
import { EffectList } from "../effect-list.ts";
import type { DiskContents, EventContext, NodeConfig, NodeEvent, Protocol } from "../frame.ts";
import { asByzantine, behaves } from "./pbft-byzantine.ts";
import { onExecuted, onStatus, tellStatus } from "./pbft-catch-up.ts";
import { askAllReplicas } from "./pbft-client.ts";
import { onPrePrepare, onRequest, onVote } from "./pbft-normal.ts";
import {
  type Effects,
  isPrimary,
  type PbftMessage,
  type PbftState,
  restoredState,
  type Step,
} from "./pbft-state.ts";
import { announceViewChange, onNewView, onViewChange, startViewChange } from "./pbft-view-change.ts";

const LINEARIZABLE: Guarantee = {
  consistency: "linearizable",
  workload: "register",
  targetOptions: { byzantine: "any" },
};
const under = (byzantine: string): Guarantee => ({ ...LINEARIZABLE, targetOptions: { byzantine } });
/** What is lost of a register that is seldom written stays lost until somebody reads it. */
const manyRegisters = { workloadOptions: { keys: "20" } };
/**
 * What is not carried into the next view is missed where few have it and those are away then: views change in haste, and some
 * hear what others do not.
 */
const hastyViews = (guarantee: Guarantee): Guarantee => ({
  ...guarantee,
  ...manyRegisters,
  targetOptions: { ...guarantee.targetOptions, timeout: "20ms", latency: "5ms" },
  nemesis: { faults: "partition:one-way,pause:primary,kill:one", interval: "60ms" },
});

/**
 * Practical Byzantine fault tolerance: the primary of a view proposes, a quorum of 2f + 1 prepares and commits, and
 * certificates carry what may be committed into the next view. One replica of four is Byzantine, which one by chance;
 * clients are correct, ask all and believe f + 1. Beside the paper:
 * - nobody can forge a sender; where the paper quotes signed messages, the Byzantine replica quotes what was said;
 * - replicas keep on a disk what they said, so that a restart is no further fault;
 * - the log stays whole: what a quorum says that it has executed is stable, and whoever lacks it gets it from f + 1;
 * - nothing waits for a message that was lost: replicas tell each other how far they are (as in Castro's thesis);
 * - reads go through the log.
 */
export const pbft: Protocol<PbftState, PbftMessage> = {
  name: "pbft",
  promises: [LINEARIZABLE, under("none")],
  operations: ["read", "write", "cas"],
  source: "Castro and Liskov, Practical Byzantine Fault Tolerance (1999), section 4; Castro's thesis (2001)",
  description:
    "Quorums of 2f + 1 of 3f + 1 replicas order everything, though one of four lies, equivocates or is silent.",
  nodes: { least: 4, standard: 4 },
  options: {
    byzantine: {
      description: "what one replica does, which one by chance; any: one of the three by chance",
      default: "any",
      values: ["any", "none", "silent", "lying", "equivocating"],
    },
  },
  bugs: {
    "first-reply": { description: "clients believe the first reply, whoever sent it", breaks: LINEARIZABLE },
    "quorum-2f": { description: "2f replicas are taken for a quorum", breaks: under("equivocating") },
    "skip-prepare": {
      description: "replicas commit what the primary proposes without a prepared certificate",
      breaks: hastyViews(under("equivocating")),
    },
    "any-digest": {
      description: "prepares and commits count whatever operation they are for",
      breaks: under("equivocating"),
    },
    "drop-prepared": {
      description: "a new view begins without what was prepared in earlier ones",
      breaks: hastyViews(LINEARIZABLE),
    },
    "new-view-unchecked": {
      description: "backups take the new primary's word for what the new view begins with",
      breaks: hastyViews(under("lying")),
    },
    "reads-unordered": {
      description: "replicas answer reads at once, and clients still believe f + 1",
      breaks: LINEARIZABLE,
    },
    "ack-before-sync": {
      description: "a replica tells what it accepted and prepared before it is on disk",
      breaks: LINEARIZABLE,
    },
  },
  client: askAllReplicas,
  start,
  handle(node, event, context) {
    const effects: Effects = new EffectList();
    onEvent({ node, context, effects }, event);
    return asByzantine(node, event, effects.effects);
  },
  leads: isPrimary,
  phase(node) {
    const role = node.active ? (isPrimary(node) ? "primary" : "backup") : "view change";
    return role + behaves(node.behaviour);
  },
};

function start(config: NodeConfig, disk: DiskContents, context: EventContext) {
  const node = restoredState(config, disk);
  const effects: Effects = new EffectList();
  effects.log(`${node.behaviour}, view ${node.view}, ${node.log.length} operations executed`);
  effects.setTimer("status", config.timeoutNs / 2);
  if (!node.active) announceViewChange({ node, context, effects });
  return { state: node, effects: asByzantine(node, undefined, effects.effects) };
}

function onEvent(step: Step, event: NodeEvent<PbftMessage>): void {
  const { node, effects } = step;
  if (event.type === "request") onRequest(step, event.request);
  else if (event.type === "message") onMessage(step, event.from, event.message);
  else if (event.type === "timer" && event.name === "status") {
    tellStatus(step);
    effects.setTimer("status", node.config.timeoutNs / 2);
  } else if (event.type === "timer") {
    node.timerRuns = false;
    startViewChange(step, node.view + 1);
  }
}

function onMessage(step: Step, from: string, message: PbftMessage): void {
  switch (message.type) {
    case "PrePrepare":
      onPrePrepare(step, from, message);
      return;
    case "Prepare":
    case "Commit":
      onVote(step, from, message);
      return;
    case "ViewChange":
      onViewChange(step, from, message);
      return;
    case "NewView":
      onNewView(step, from, message);
      return;
    case "Status":
      onStatus(step, from, message);
      return;
    case "Executed":
      onExecuted(step, from, message);
      return;
    case "Relay":
      onRequest(step, message.request);
  }
}
