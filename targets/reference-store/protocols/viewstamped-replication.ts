import type { Guarantee } from "../../../harness/ports/target.ts";
import { EffectList } from "../effect-list.ts";
import { FORWARD } from "../forwarded-requests.ts";
import type { ClientRequest, DiskContents, EventContext, NodeConfig, Protocol } from "../frame.ts";
import { onCommit, onPrepare, onPrepareOk, sendCommit, serve } from "./viewstamped-replication-normal.ts";
import {
  onGetState,
  onNewState,
  onRecovery,
  onRecoveryResponse,
  recover,
} from "./viewstamped-replication-recovery.ts";
import {
  type Effects,
  INCARNATION,
  isPrimary,
  LOG,
  type LogEntry,
  newState,
  primaryOf,
  resetViewTimer,
  type Step,
  VIEW,
  type VrMessage,
  type VrState,
} from "./viewstamped-replication-state.ts";
import {
  insist,
  onDoViewChange,
  onStartView,
  onStartViewChange,
  startViewChange,
} from "./viewstamped-replication-view-change.ts";

const LINEARIZABLE: Guarantee = {
  consistency: "linearizable",
  workload: "register",
  targetOptions: { storage: "stable" },
};
const WITHOUT_DISK: Guarantee = { ...LINEARIZABLE, targetOptions: { storage: "volatile" } };

/**
 * Viewstamped Replication as revisited in 2012. The paper keeps no disk: a replica that starts again recovers what it
 * knew from the others, and is safe as long as no more than f are down or recovering at a time; beyond that the state
 * is lost, and the replicas wait for each other for ever rather than answer wrongly. Machines that lose power together
 * do that, so the store writes log and view to a disk before it tells of them, the way that the paper does without,
 * and a replica starts again as what it was. `storage=volatile` is the paper without a disk: safe, and
 * promised nothing where faults go on to the last replica.
 *
 * Beside the paper: a commit message tells the op-number too, so that a backup that missed the last prepares asks for
 * them; view changes are insisted on, under time-outs that grow; a primary that hears of no majority for two time-outs
 * leaves its view; and the log that a replica brings to a later view stays until the new one is there (see
 * `getState`). Reads go through the log.
 */
export const viewstampedReplication: Protocol<VrState, VrMessage> = {
  name: "viewstamped-replication",
  promises: [LINEARIZABLE],
  operations: ["read", "write", "cas"],
  source:
    "Liskov and Cowling, Viewstamped Replication Revisited (2012), section 4 and 5.2; Oki and Liskov (1988)",
  description:
    "The primary of a view orders everything; when it falls silent, a majority goes on to the next view.",
  options: {
    storage: {
      description: "whether replicas have a disk, or recover from the others",
      default: "stable",
      values: ["stable", "volatile"],
    },
  },
  bugs: {
    "own-log": {
      description: "a new primary starts its view with its own log, whatever the others bring",
      breaks: LINEARIZABLE,
    },
    "half-view-change": {
      description: "the new primary starts its view with the logs of half of the replicas",
      breaks: LINEARIZABLE,
    },
    "half-prepare": {
      description: "the primary commits what half of the replicas have prepared",
      breaks: LINEARIZABLE,
    },
    "prepare-past-gap": {
      description: "a backup puts whatever comes at the end of its log, also behind a gap",
      breaks: LINEARIZABLE,
    },
    "primary-reads-alone": {
      description: "the primary answers reads at once, though a later view may have begun",
      breaks: LINEARIZABLE,
    },
    "ack-before-sync": {
      description: "a replica tells of its log and its view before they are on disk",
      breaks: LINEARIZABLE,
    },
    "restart-as-normal": {
      description: "a replica that was changing views starts again as if it had been normal in the new one",
      breaks: { ...LINEARIZABLE, workloadOptions: { keys: "20" } },
    },
    "restart-without-recovery": {
      description: "a replica without a disk starts again as a new one, and takes part at once",
      breaks: WITHOUT_DISK,
    },
    "recover-from-one": {
      description: "a replica recovers from the first response, also of one that is recovering itself",
      breaks: WITHOUT_DISK,
    },
  },
  start,
  handle(node, event, context) {
    const effects: Effects = new EffectList();
    const step = { node, context, effects };
    if (event.type === "message") onMessage(step, event.from, event.message);
    else if (event.type === "timer") onTimer(step, event.name);
    else if (event.type === "request") onClientRequest(step, event.request);
    return effects.effects;
  },
  leads: isPrimary,
  phase: (node) => (node.status === "normal" ? (isPrimary(node) ? "primary" : "backup") : node.status),
};

function start(config: NodeConfig, { records, logs }: DiskContents, context: EventContext) {
  const { bugs, options } = config;
  const before = (records.get(INCARNATION) ?? 0) as number;
  const node = newState(config, before + 1);
  const effects: Effects = new EffectList();
  const step = { node, context, effects };
  // Nothing leaves the node before this is durable: whoever finds nothing has told nobody anything.
  effects.write(INCARNATION, before + 1);
  effects.sync();
  const stored = records.get(VIEW) as { view: number; lastNormalView: number } | undefined;
  if (stored !== undefined) {
    node.view = stored.view;
    node.lastNormalView = bugs.has("restart-as-normal") ? stored.view : stored.lastNormalView;
  }
  node.log.push(...((logs.get(LOG) ?? []) as readonly LogEntry[]));
  const recovers = options["storage"] === "volatile" && before > 0 && !bugs.has("restart-without-recovery");
  if (recovers) node.status = "recovering";
  else if (node.view !== node.lastNormalView) node.status = "view-change";
  effects.log(`${node.status} in view ${node.view} with ${node.log.length} log entries`);
  if (recovers) recover(step);
  else if (isPrimary(node)) {
    effects.setTimer("commit", 0);
    effects.setTimer("quorum", 2 * config.timeoutNs);
  } else resetViewTimer(step);
  return { state: node, effects: effects.effects };
}

function onTimer(step: Step, name: string): void {
  const { node, effects } = step;
  switch (name) {
    case "view":
      startViewChange(step, node.view + 1);
      return;
    case "insist":
      insist(step);
      effects.setTimer("insist", node.config.timeoutNs);
      return;
    case "recovery":
      recover(step);
      return;
    case "commit":
      sendCommit(step);
      effects.setTimer("commit", node.config.timeoutNs / 4);
      return;
    case "quorum":
      if (node.heard.size + 1 < node.quorum) startViewChange(step, node.view + 1);
      else effects.setTimer("quorum", 2 * node.config.timeoutNs);
      node.heard.clear();
      return;
    case FORWARD:
      for (const request of node.forwarded.again(effects)) submit(step, request);
  }
}

function onMessage(step: Step, from: string, message: VrMessage): void {
  const { node, effects } = step;
  const recovers = message.type === "RecoveryResponse" || message.type === "Recovery";
  // A replica that does not know what it said before says nothing.
  if (node.status === "recovering" && !recovers) return;
  switch (message.type) {
    case "Prepare":
      onPrepare(step, from, message);
      return;
    case "PrepareOk":
      onPrepareOk(step, from, message);
      return;
    case "Commit":
      onCommit(step, from, message);
      return;
    case "StartViewChange":
      onStartViewChange(step, from, message);
      return;
    case "DoViewChange":
      onDoViewChange(step, from, message);
      return;
    case "StartView":
      onStartView(step, from, message);
      return;
    case "Recovery":
      onRecovery(step, from, message);
      return;
    case "RecoveryResponse":
      onRecoveryResponse(step, from, message);
      return;
    case "GetState":
      onGetState(step, from, message);
      return;
    case "NewState":
      onNewState(step, from, message);
      return;
    case "ForwardedRequest":
      if (isPrimary(node)) serve(step, from, message.request);
      return;
    case "ForwardedReply":
      node.forwarded.answer(message, message.reply, effects);
  }
}

// Clients.

function onClientRequest(step: Step, request: ClientRequest): void {
  const { node, effects } = step;
  if (node.status !== "normal") {
    const message = `${node.config.id} knows no primary: ${node.status} in view ${node.view}`;
    effects.reply(request, { type: "error", code: "no-leader", message, definite: true });
    return;
  }
  node.forwarded.add(request, effects);
  submit(step, request);
}

function submit(step: Step, request: ClientRequest): void {
  const { node, effects } = step;
  if (isPrimary(node)) serve(step, node.config.id, request);
  else if (node.status === "normal") {
    effects.send(primaryOf(node, node.view), { type: "ForwardedRequest", request });
  }
}
