import { MAX_BATCH } from "../batch.ts";
import { bringReply } from "../forwarded-requests.ts";
import { CHOSEN, type Command, type Message, type Step, type WaitingRead } from "./multi-paxos-state.ts";

// Learning what was chosen, and executing it in the order of the slots.

/** The command of this slot is chosen; executes what is no longer behind a gap. */
export function learn(step: Step, slot: number, command: Command): void {
  const { node } = step;
  if (slot <= node.chosen.length) return;
  node.learned.set(slot, command);
  if (node.config.bugs.has("execute-past-gap")) execute(step, command);
  for (;;) {
    const next = node.learned.get(node.chosen.length + 1);
    if (next === undefined) break;
    node.chosen.push(next);
    node.learned.delete(node.chosen.length);
    step.effects.append(CHOSEN, [next]);
    execute(step, next);
  }
  serveReads(step);
}

function execute(step: Step, command: Command): void {
  if (command === null) return;
  const { node } = step;
  const { origin, request } = command;
  const reply = node.machine.apply(request);
  if (node.role === "leader" && reply !== undefined) bringReply(step, origin, request, reply);
}

/** Brings those that were away the commands that they do not know, one batch at a time. */
export function onLearn({ node, effects }: Step, from: string, { first }: Message<"Learn">): void {
  const commands = node.chosen.slice(first - 1, first - 1 + MAX_BATCH);
  if (commands.length > 0) effects.send(from, { type: "Learned", first, commands });
}

export function onLearned(step: Step, first: number, commands: readonly Command[]): void {
  for (const [i, command] of commands.entries()) learn(step, first + i, command);
}

/** Answers the reads whose leader is confirmed, once all is executed that was chosen before they came in. */
export function serveReads(step: Step): void {
  const { node } = step;
  const waiting: WaitingRead[] = [];
  for (const read of node.reads) {
    if (read.round > node.confirmedRound || read.upTo > node.chosen.length) waiting.push(read);
    else bringReply(step, read.origin, read.request, node.machine.read(read.request));
  }
  node.reads = waiting;
}
