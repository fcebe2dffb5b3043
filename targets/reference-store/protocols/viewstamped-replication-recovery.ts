import { commitUpTo, prepareOk } from "./viewstamped-replication-normal.ts";
import {
  append,
  isPrimary,
  type Message,
  primaryOf,
  type Step,
  sendAll,
} from "./viewstamped-replication-state.ts";
import { becomeNormal } from "./viewstamped-replication-view-change.ts";

// Recovery (section 4.3): a replica without a disk that starts again asks the others what it knew.

export function recover(step: Step): void {
  const { node, effects } = step;
  sendAll(step, { type: "Recovery", nonce: node.nonce });
  effects.setTimer("recovery", node.config.timeoutNs);
}

export function onRecovery({ node, effects }: Step, from: string, { nonce }: Message<"Recovery">): void {
  const fromAny = node.config.bugs.has("recover-from-one");
  if (node.status !== "normal" && !fromAny) return;
  const { view, commit } = node;
  const tells = isPrimary(node) || fromAny;
  const state = tells ? { log: [...node.log], commit } : null;
  effects.send(from, { type: "RecoveryResponse", view, nonce, state });
}

export function onRecoveryResponse(step: Step, from: string, message: Message<"RecoveryResponse">): void {
  const { node } = step;
  const { bugs } = node.config;
  if (node.status !== "recovering" || message.nonce !== node.nonce) return;
  node.recoveryResponses.set(from, message);
  const responses = [...node.recoveryResponses.values()];
  const view = Math.max(...responses.map((response) => response.view));
  const ofPrimary = node.recoveryResponses.get(primaryOf(node, view));
  const latest = bugs.has("recover-from-one") ? message : ofPrimary;
  const quorum = bugs.has("recover-from-one") ? 1 : node.quorum;
  if (responses.length < quorum || latest?.view !== view || latest.state === null) return;
  node.recoveryResponses.clear();
  becomeNormal(step, view, latest.state.log);
  commitUpTo(step, latest.state.commit);
}

// State transfer (section 5.2): a replica that was left behind catches up.

export function onGetState({ node, effects }: Step, from: string, asked: Message<"GetState">): void {
  if (node.status !== "normal" || node.view < asked.view) return;
  const { view, commit } = node;
  const after = Math.min(asked.opNumber, view === asked.view ? asked.opNumber : commit);
  effects.send(from, { type: "NewState", view, after, entries: node.log.slice(after), commit });
}

export function onNewState(step: Step, from: string, message: Message<"NewState">): void {
  const { node } = step;
  const { view, after, entries, commit } = message;
  if (node.status === "recovering" || view < node.view || after > node.log.length) return;
  if (view > node.view || node.status !== "normal") {
    // What is committed here is so in every later view.
    if (after > node.commit) return;
    becomeNormal(step, view, [...node.log.slice(0, after), ...entries]);
  } else if (after + entries.length > node.log.length) append(step, entries.slice(node.log.length - after));
  prepareOk(step, from);
  commitUpTo(step, commit);
}
