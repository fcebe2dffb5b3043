import type { Guarantee } from "../../../harness/ports/target.ts";
import { EffectList } from "../effect-list.ts";
import type { DiskContents, EventContext, NodeConfig, Protocol } from "../frame.ts";
import { compareWithAPeer, onCompare, onExchange } from "./quorum-anti-entropy.ts";
import {
  coordinate,
  HINT_AFTER,
  onRetry,
  onState,
  onWritten,
  RETRY,
  type Step,
  tell,
} from "./quorum-coordinator.ts";
import {
  type Effects,
  merge,
  type QuorumMessage,
  type QuorumState,
  replace,
  replicaOn,
  stateOf,
} from "./quorum-state.ts";

const ANTI_ENTROPY = "anti-entropy";
/** Replicas compare all that they hold once in so many time-outs. */
const ANTI_ENTROPY_TIMEOUTS = 4;
const registers = { workload: "register", workloadOptions: { cas: "no" } };
const MAJORITIES = { r: "majority", w: "majority", sloppy: "no", conflicts: "lww" };
/** Here a write is under way for longest, while reads see it at some replicas already. */
const READ_ONE_WRITE_ALL = { ...MAJORITIES, r: "1", w: "all" };
const linearizable = (targetOptions: Readonly<Record<string, string>>): Guarantee => ({
  ...registers,
  consistency: "linearizable",
  targetOptions,
});
const regular = (targetOptions: Readonly<Record<string, string>>): Guarantee => ({
  ...registers,
  consistency: "regular",
  targetOptions,
});
const eventual = (targetOptions: Readonly<Record<string, string>>): Guarantee => ({
  consistency: "eventual",
  workload: "register",
  workloadOptions: { cas: "no", "final-reads": "everywhere" },
  targetOptions,
});

const REGULAR = regular({ ...MAJORITIES, reads: "repair" });
const SIBLINGS: Guarantee = {
  consistency: "eventual",
  workload: "mv-register",
  targetOptions: { ...MAJORITIES, r: "1", w: "1", reads: "repair", conflicts: "siblings" },
};
const LINEARIZABLE = linearizable({ ...MAJORITIES, reads: "write-back" });

/**
 * Every node is a replica of every register, and coordinates what its own clients ask for. A read asks all replicas and
 * takes the newest of the first R states. A write asks R of them first, so that its timestamp is larger than that of every
 * write that was acknowledged, and is acknowledged by W. Replicas that miss something get it by read repair, by hints that
 * the coordinator keeps for those that did not acknowledge, and by anti-entropy over Merkle trees.
 *
 * With R + W > N whoever asks R replicas asks one that has the last acknowledged write, or something newer: reads are
 * regular. Two reads beside a write may still see the new value and then the old one. With `reads=write-back` a read answers
 * when W replicas have what it returns, so that no later one sees less: linearizable (Attiya, Bar-Noy and Dolev).
 * With less, or where hints count as acknowledgements (`sloppy=yes`: all that is left of a sloppy quorum where every node is
 * in the preference list), all that holds is that replicas end with the same.
 *
 * With `conflicts=siblings` writes that had not seen each other both stay, and clients carry what they read.
 */
export const quorum: Protocol<QuorumState, QuorumMessage> = {
  name: "quorum",
  promises: [
    REGULAR,
    LINEARIZABLE,
    linearizable({ ...READ_ONE_WRITE_ALL, reads: "write-back" }),
    regular({ ...READ_ONE_WRITE_ALL, reads: "plain" }),
    eventual({ ...MAJORITIES, r: "1", w: "1", reads: "plain" }),
    eventual({ ...MAJORITIES, sloppy: "yes", reads: "plain" }),
    SIBLINGS,
  ],
  lacks: [
    linearizable({ ...READ_ONE_WRITE_ALL, reads: "repair" }),
    regular({ ...MAJORITIES, r: "1", w: "1" }),
    regular({ ...READ_ONE_WRITE_ALL, sloppy: "yes", reads: "plain" }),
  ],
  operations: ["read", "write"],
  source:
    "DeCandia et al., Dynamo (2007), section 4; Gifford, Weighted Voting (1979); Attiya, Bar-Noy and Dolev, Sharing Memory Robustly (1995)",
  description: "Any node coordinates: a read asks R replicas, a write is acknowledged by W.",
  options: {
    r: size("how many replicas a read asks: a number, majority or all"),
    w: size("how many replicas acknowledge a write: a number, majority or all"),
    conflicts: {
      description: "whether the last writer wins, or concurrent writes are all kept",
      default: "lww",
      values: ["lww", "siblings"],
    },
    reads: {
      description: "whether a read repairs replicas that lag: not at all, afterwards, or before it answers",
      default: "repair",
      values: ["plain", "repair", "write-back"],
    },
    sloppy: {
      description: "whether a hint for a replica that cannot be reached counts as its acknowledgement",
      default: "no",
      values: ["no", "yes"],
    },
  },
  bugs: {
    "hinted-handoff-counted-as-write": {
      description:
        "a hint counts as the acknowledgement of the replica that it is for, also in a strict quorum",
      breaks: REGULAR,
    },
    "half-quorum": {
      description: "half of the replicas are taken for a quorum",
      breaks: LINEARIZABLE,
    },
    "wall-clock-timestamps": {
      description: "a write is stamped by its coordinator's clock: one behind a clock that is ahead is lost",
      breaks: REGULAR,
    },
    "own-timestamps": {
      description: "a coordinator stamps writes by what it holds itself, without asking a quorum first",
      breaks: REGULAR,
    },
    "repair-writes-back-older": {
      description: "read repair spreads what answered first, which may be older, and replicas take it",
      breaks: REGULAR,
    },
    "write-back-skipped": {
      description: "a read answers before a quorum has what it returns",
      breaks: linearizable({ ...READ_ONE_WRITE_ALL, reads: "write-back" }),
    },
    "one-sibling-kept": {
      description: "of writes that had not seen each other one is kept, and nobody is told of the others",
      breaks: SIBLINGS,
    },
    "acknowledged-before-durable": {
      description: "a replica acknowledges writes that are not yet on its disk",
      breaks: REGULAR,
    },
  },
  start,
  handle(node, event, context) {
    const effects: Effects = new EffectList();
    const step: Step = {
      node,
      context,
      effects,
      hear: (from, message) => onMessage(step, from, message),
    };
    if (event.type === "message") onMessage(step, event.from, event.message);
    else if (event.type === "request") coordinate(step, event.request);
    else if (event.type === "timer" && event.name === RETRY) onRetry(step);
    else if (event.type === "timer") {
      effects.setTimer(ANTI_ENTROPY, ANTI_ENTROPY_TIMEOUTS * node.config.timeoutNs);
      compareWithAPeer(node, context, effects);
    }
    return effects.effects;
  },
  phase({ rounds }) {
    const open = [...rounds.values()].filter(({ answered }) => !answered);
    if (open.length === 0) return "replica";
    const late = open.some(({ ticks }) => ticks > HINT_AFTER) ? ", without a quorum" : "";
    return (open.some(({ written }) => written !== undefined) ? "writes" : "asks") + late;
  },
};

function size(description: string) {
  return {
    description,
    default: "majority",
    problem: (text: string) =>
      /^(majority|all|[1-9]\d?)$/.test(text) ? undefined : "must be a number from 1 to 99, majority or all",
  };
}

function start(config: NodeConfig, disk: DiskContents, { random }: EventContext) {
  const node = replicaOn(config, disk);
  const effects: Effects = new EffectList();
  effects.log(`replica of ${node.registers.size} registers, R = ${node.r}, W = ${node.w}`);
  effects.setTimer(RETRY, config.timeoutNs / 2);
  effects.setTimer(ANTI_ENTROPY, ANTI_ENTROPY_TIMEOUTS * config.timeoutNs * random.float());
  return { state: node, effects: effects.effects };
}

function onMessage(step: Step, from: string, message: QuorumMessage): void {
  const { node, effects } = step;
  const { bugs } = node.config;
  switch (message.type) {
    case "Read":
      tell(step, from, { type: "State", round: message.round, state: stateOf(node, message.key) });
      return;
    case "State":
      onState(step, from, message.round, message.state);
      return;
    case "Write":
      merge(node, message.key, message.state, effects);
      tell(step, from, { type: "Written", round: message.round });
      return;
    case "Written":
      onWritten(step, from, message.round);
      return;
    case "Repair":
      if (bugs.has("repair-writes-back-older")) replace(node, message.key, message.state, effects);
      else merge(node, message.key, message.state, effects);
      return;
    case "Handoff":
      for (const { key, state } of message.hints) merge(node, key, state, effects);
      effects.send(from, {
        type: "HandedOff",
        hints: message.hints.map(({ key, hint: number }) => [key, number] as const),
      });
      return;
    case "HandedOff":
      node.hints.acknowledged(from, message.hints);
      return;
    case "Compare":
      onCompare(node, from, message, effects);
      return;
    case "Exchange":
      onExchange(node, from, message, effects);
  }
}
