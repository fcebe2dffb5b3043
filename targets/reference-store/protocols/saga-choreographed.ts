import type { ClientRequest } from "../frame.ts";
import { nodeOf } from "../key-placement.ts";
import { answered, type ListOperation } from "../lists.ts";
import {
  type Course,
  change,
  type Effects,
  type Onward,
  refuses,
  type State,
  type Tell,
} from "./saga-state.ts";

// Nobody orchestrates: each node does its step and tells the next, or the one before that it has to compensate. An
// event is written together with what it follows from, and sent until it is received; one that comes again changes nothing.

export function begin(
  node: State,
  { client, sequence }: ClientRequest,
  operations: readonly ListOperation[],
  effects: Effects,
  tell: Tell,
): void {
  const saga = `${node.run}.${++node.sagas}`;
  const whole = { saga, origin: node.id, client, sequence, operations, reads: [] };
  const next = onward(node, { ...whole, direction: "forward", at: 0 });
  handled(node, saga, next, null, effects, tell);
}

export function onEvent(node: State, from: string, course: Course, effects: Effects, tell: Tell): void {
  const event = nameOf(course);
  if (!node.handled.has(event) || node.bugs.has("handle-event-again"))
    handle(node, event, course, effects, tell);
  tell(from, { type: "Received", event });
}

function handle(node: State, event: string, course: Course, effects: Effects, tell: Tell): void {
  const { direction, at } = course;
  if (direction === "end") {
    answer(course, effects);
    return;
  }
  const operation = course.operations[at] as ListOperation;
  if (direction === "forward" && refuses(node, operation, effects)) {
    handled(node, event, onward(node, { ...course, direction: "back", at: at - 1 }), null, effects, tell);
    return;
  }
  const type = direction === "forward" ? "done" : "undone";
  const reads =
    operation[0] === "r" ? [...course.reads, [at, node.lists.get(operation[1])] as const] : course.reads;
  const next = onward(node, { ...course, reads, at: direction === "forward" ? at + 1 : at - 1 });
  handled(node, event, next, { type, operation }, effects, tell);
}

/** What happened here and what follows from it are one entry in the log: one is never without the other. */
function handled(
  node: State,
  event: string,
  next: Onward,
  what: Parameters<typeof change>[1] | null,
  effects: Effects,
  tell: Tell,
): void {
  if (what !== null) change(node.lists, what);
  node.handled.add(event);
  node.outbox.set(nameOf(next.course), next);
  effects.record({ type: "handled", event, next, change: what });
  if (!node.bugs.has("no-fsync")) effects.sync();
  tell(next.to, { type: "Event", course: next.course });
}

/** To whom an event goes: to the node of its step, or back to where the client waits when there is no step left. */
function onward(node: State, course: Course): Onward {
  const operation = course.operations[course.at];
  if (operation !== undefined) return { to: nodeOf(operation[1], node.nodes), course };
  return { to: course.origin, course: { ...course, direction: "end" } };
}

function answer({ saga, client, sequence, operations, reads, at }: Course, effects: Effects): void {
  if (at >= 0) {
    effects.reply({ client, sequence }, { type: "ok", value: answered(operations, new Map(reads)) });
    return;
  }
  const message = `a step of saga ${saga} was refused; those before it are compensated`;
  effects.reply({ client, sequence }, { type: "fail", code: "compensated", message });
}

export function onReceived(node: State, event: string, effects: Effects): void {
  if (node.outbox.delete(event)) effects.record({ type: "received", event });
}

export function sendAgain(node: State, tell: Tell): void {
  for (const { to, course } of [...node.outbox.values()]) tell(to, { type: "Event", course });
}

export function nameOf({ saga, direction, at }: Course): string {
  return `${saga} ${direction} ${at}`;
}
