import type { Json } from "../../../harness/history/operation.ts";
import type { Answer, Embedded } from "../embedded.ts";
import type { ClientRequest, NodeEvent, Reply } from "../frame.ts";
import { RING } from "./sharded-client.ts";
import { wrongShard } from "./sharded-partitions.ts";
import { type Effects, type Message, type State, someOf } from "./sharded-state.ts";

// Clients.

export function onClientRequest(node: State, request: ClientRequest, effects: Effects): void {
  const { partitions, group } = node;
  if (request.f === RING.f) {
    effects.reply(request, { type: "ok", value: partitions.configuration });
    return;
  }
  const isOwn = partitions.ownerOf(request.key) === group;
  if (isOwn && partitions.isRead(request) && node.bugs.has("route-by-old-ring")) {
    effects.reply(request, partitions.execute(request));
  } else if (node.routes) {
    node.routed.add(request, effects);
    route(node, request, effects);
  } else if (isOwn || node.bugs.has("serve-wrong-shard")) askGroup(node, node.id, request, effects);
  else effects.reply(request, wrongShard(request, group, partitions.configuration));
}

export function route(node: State, request: ClientRequest, effects: Effects): void {
  const owner = node.partitions.ownerOf(request.key);
  if (owner === node.group) askGroup(node, node.id, request, effects);
  else effects.send(someOf(node, owner, effects), { type: "Forward", request });
}

/** Puts the request to this node's group: as a question of this node's own, since the client may ask other groups too. */
export function askGroup(node: State, origin: string, request: ClientRequest, effects: Effects): void {
  const { client, sequence, f, key, value } = request;
  const number = ++node.questions;
  node.open.set(client, { number, origin, request });
  const context = { client, sequence };
  command(
    node,
    node.own,
    { client: `${node.run} for ${client}`, sequence: number, f, key, value, context },
    effects,
  );
}

function onAnswer(node: State, { client, sequence, reply }: Answer, effects: Effects): void {
  const asker = client.slice(`${node.run} for `.length);
  const question = node.open.get(asker);
  // A change of the configuration shows in the partitions; nobody waits for a reply.
  if (question?.number !== sequence) return;
  node.open.delete(asker);
  if (question.origin === node.id) conclude(node, question.request, reply, effects);
  else
    effects.send(question.origin, {
      type: "Done",
      client: asker,
      sequence: question.request.sequence,
      reply,
    });
}

export function conclude(
  node: State,
  to: Pick<ClientRequest, "client" | "sequence">,
  reply: Reply,
  effects: Effects,
): void {
  if (!node.routes) effects.reply(to, reply);
  // Else it is tried again, by then maybe where the key has come to.
  else if (reply.type !== "error" || !reply.definite) node.routed.answer(to, reply, effects);
}

// The protocols inside.

export function onPart(node: State, event: NodeEvent<Message>, effects: Effects): boolean {
  const answers = node.own.handle(event, effects.context, effects);
  for (const answer of answers ?? []) onAnswer(node, answer, effects);
  return (answers ?? node.council?.handle(event, effects.context, effects)) !== undefined;
}

function command(node: State, part: Embedded, request: ClientRequest, effects: Effects): void {
  const answers = part.handle({ type: "request", request }, effects.context, effects) ?? [];
  if (part === node.own) for (const answer of answers) onAnswer(node, answer, effects);
}

/** Has the group change what it holds; asked again, it counts again, and changes nothing again. */
export function change(node: State, part: Embedded, f: string, value: Json, effects: Effects, of = ""): void {
  const sequence = ++node.questions;
  command(node, part, { client: `${node.run} to ${f} ${of}`, sequence, f, key: "", value }, effects);
}
