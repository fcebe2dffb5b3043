import type { Effect, NodeEvent, Reply } from "../frame.ts";
import { type Behaviour, digestOf, type PbftMessage, type PbftState } from "./pbft-state.ts";

// What the Byzantine replica makes of what a correct one would do. It can say what it likes, of itself: it neither
// forges a sender nor makes up what others said.

const LIE = -1;

/** The effects of the replica as others see them. */
export function asByzantine(
  node: PbftState,
  event: NodeEvent<PbftMessage> | undefined,
  effects: readonly Effect<PbftMessage>[],
): readonly Effect<PbftMessage>[] {
  const { behaviour } = node;
  if (behaviour === "correct") return effects;
  const told = effects.flatMap((effect): readonly Effect<PbftMessage>[] => {
    if (effect.type === "reply") return behaviour === "silent" ? [] : [lie(node, effect)];
    return effect.type === "send" ? distorted(node, effect) : [effect];
  });
  // A liar is the first to answer.
  if (behaviour !== "lying" || event?.type !== "request") return told;
  const { client, sequence, f, value } = event.request;
  const reply: Reply = { type: "ok", value: f === "read" ? LIE : value };
  return [...told, { type: "reply", client, sequence, reply }];
}

type Send = Extract<Effect<PbftMessage>, { type: "send" }>;

function distorted(node: PbftState, effect: Send): Send[] {
  if (node.behaviour === "silent") return [];
  const { to, message } = effect;
  if (node.behaviour === "lying") return [{ ...effect, message: lying(message) }];
  // One half of the replicas hears one story, the other half another, each with all the votes that this replica has.
  const other = node.config.nodes.indexOf(to) % 2 === 1;
  const told = other ? otherStory(message) : message;
  if (told.type !== "PrePrepare" && told.type !== "Prepare") return [{ ...effect, message: told }];
  const digest = told.type === "PrePrepare" ? digestOf(told.operation) : told.digest;
  const commit = { type: "Commit", view: told.view, sequence: told.sequence, digest } as const;
  return [
    { ...effect, message: told },
    { ...effect, message: commit },
  ];
}

function otherStory(message: PbftMessage): PbftMessage {
  if (message.type === "PrePrepare") return { ...message, operation: null };
  if (message.type === "Commit" || message.type === "Prepare") return { ...message, digest: digestOf(null) };
  return message;
}

function lying(message: PbftMessage): PbftMessage {
  switch (message.type) {
    case "Prepare":
    case "Commit":
      return { ...message, digest: digestOf(null) };
    case "ViewChange":
      return { ...message, prepared: [] };
    case "NewView":
      return { ...message, operations: message.operations.map(() => null) };
    case "Executed":
      return { ...message, operations: message.operations.map(() => null) };
    case "PrePrepare":
    case "Status":
    case "Relay":
      return message;
  }
}

/** Of what it read; an update has nothing to tell but that it was done. */
function lie({ log }: PbftState, effect: Extract<Effect<PbftMessage>, { type: "reply" }>): typeof effect {
  const { client, sequence, reply } = effect;
  const asked = log.findLast((each) => each?.client === client && each.sequence === sequence);
  if (asked?.f !== "read" || reply.type !== "ok") return effect;
  return { ...effect, reply: { ...reply, value: reply.value === null ? LIE : null } };
}

/** A few words for what a hunt has covered. */
export function behaves(behaviour: Behaviour): string {
  return behaviour === "correct" ? "" : `, ${behaviour}`;
}
