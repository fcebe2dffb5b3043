import type { ClientRequest } from "../frame.ts";
import { nodeOf } from "../key-placement.ts";
import { answered, type ListOperation } from "../lists.ts";
import {
  change,
  type Effects,
  type Message,
  type Running,
  refuses,
  type State,
  type Tell,
} from "./saga-state.ts";

/** After how many rounds without an answer a step is given up, and the saga with it. */
const MOST_ROUNDS = 6;

// The orchestrator: one step after the other, and back where one is refused.

export function begin(
  node: State,
  request: ClientRequest,
  operations: readonly ListOperation[],
  effects: Effects,
  tell: Tell,
): void {
  const saga = `${node.run}.${++node.sagas}`;
  const running: Running = { request, operations, reads: new Map(), direction: "forward", at: 0, rounds: 0 };
  node.running.set(saga, running);
  if (!node.bugs.has("saga-not-logged")) effects.record({ type: "begun", saga, operations });
  effects.sync();
  goOn(node, saga, running, effects, tell);
}

/** Asks for the step at hand, or ends where there is none. */
function goOn(node: State, saga: string, running: Running, effects: Effects, tell: Tell): void {
  const { operations, direction, at } = running;
  const operation = operations[at];
  if (operation === undefined) end(node, saga, running, effects);
  else {
    const type = direction === "forward" ? "Do" : "Undo";
    tell(nodeOf(operation[1], node.nodes), { type, saga, step: at, operation });
  }
}

export function onDone(
  node: State,
  { saga, step, list }: Extract<Message, { type: "Done" }>,
  effects: Effects,
  tell: Tell,
): void {
  const running = underWay(node, saga, step, "forward");
  if (running === undefined) return;
  running.reads.set(step, list);
  running.at++;
  running.rounds = 0;
  goOn(node, saga, running, effects, tell);
}

export function onRefused(node: State, saga: string, step: number, effects: Effects, tell: Tell): void {
  const running = underWay(node, saga, step, "forward");
  if (running !== undefined) turnBack(node, saga, running, effects, tell);
}

/** The step at hand is compensated too: it may have happened, or happen yet. */
function turnBack(node: State, saga: string, running: Running, effects: Effects, tell: Tell): void {
  running.direction = "back";
  goOn(node, saga, running, effects, tell);
}

export function onUndone(node: State, saga: string, step: number, effects: Effects, tell: Tell): void {
  const running = underWay(node, saga, step, "back");
  if (running === undefined) return;
  running.at--;
  goOn(node, saga, running, effects, tell);
}

function underWay(
  node: State,
  saga: string,
  step: number,
  direction: Running["direction"],
): Running | undefined {
  const running = node.running.get(saga);
  return running?.direction === direction && running.at === step ? running : undefined;
}

function end(
  node: State,
  saga: string,
  { request, operations, reads, direction }: Running,
  effects: Effects,
): void {
  node.running.delete(saga);
  effects.record({ type: direction === "forward" ? "committed" : "ended", saga });
  effects.sync();
  if (request === undefined) return;
  if (direction === "forward") effects.reply(request, { type: "ok", value: answered(operations, reads) });
  else {
    const message = `a step of saga ${saga} was refused or not answered; all are compensated`;
    effects.reply(request, { type: "fail", code: "compensated", message });
  }
}

/** Asks again for what was not answered, and gives up what was not for long. */
export function orchestrateAgain(node: State, effects: Effects, tell: Tell): void {
  for (const [saga, running] of [...node.running]) {
    const givesUp = running.direction === "forward" && ++running.rounds > MOST_ROUNDS;
    if (givesUp) turnBack(node, saga, running, effects, tell);
    else goOn(node, saga, running, effects, tell);
  }
}

// A participant.

export function onDo(
  node: State,
  orchestrator: string,
  { saga, step, operation }: Extract<Message, { type: "Do" | "Undo" }>,
  effects: Effects,
  tell: Tell,
): void {
  const name = `${saga} ${step}`;
  const [f, key] = operation;
  const known = node.steps.get(name);
  // It comes late: whoever asked for it has compensated it already.
  if (known === "undone" && !node.bugs.has("step-after-compensation")) return;
  if (known !== "done") {
    if (refuses(node, operation, effects)) {
      tell(orchestrator, { type: "Refused", saga, step });
      return;
    }
    if (f === "append") settle(node, name, "done", operation, effects);
  }
  tell(orchestrator, { type: "Done", saga, step, list: f === "r" ? node.lists.get(key) : [] });
}

export function onUndo(
  node: State,
  orchestrator: string,
  { saga, step, operation }: Extract<Message, { type: "Do" | "Undo" }>,
  effects: Effects,
  tell: Tell,
): void {
  const name = `${saga} ${step}`;
  const known = node.steps.get(name);
  if (known !== "undone") settle(node, name, "undone", operation, effects);
  else if (node.bugs.has("compensate-again") && operation[0] === "append") {
    const last = node.lists.get(operation[1]).length - 1;
    node.lists.retain(operation[1], (_, at) => at < last);
  }
  tell(orchestrator, { type: "Undone", saga, step });
}

/** Durable before anybody hears of it. A compensation is kept also where there was nothing to compensate yet. */
function settle(
  node: State,
  step: string,
  type: "done" | "undone",
  operation: ListOperation,
  effects: Effects,
): void {
  node.steps.set(step, type);
  change(node.lists, { type, operation });
  effects.record({ type, step, operation });
  effects.sync();
}
