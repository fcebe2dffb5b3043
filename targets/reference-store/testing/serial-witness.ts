import { isDeepStrictEqual } from "node:util";
import type { Json, Key } from "../../../harness/history/operation.ts";
import { type ListOperation, Lists } from "../lists.ts";
import type { StepObserver } from "../simulated-program.ts";
import type { ObservedOperation } from "./chaos-run.ts";

/**
 * Looks inside a protocol whose transactions happen, as it claims, when their coordinators answer them, and checks that:
 * one after the other in this order they return what they returned, and leave what the nodes hold in the end. An answer
 * that was never sent, since its node went down before, counts where its appends are there in the end.
 */
export function serialWitness<State extends { readonly lists: Lists }>() {
  const answers: { readonly name: string; readonly parts: readonly ListOperation[] }[] = [];
  const states = new Map<string, State>();

  const observe: StepObserver<State, Json> = ({ node, state, effects }) => {
    states.set(node, state);
    for (const effect of effects) {
      if (effect.type !== "reply" || effect.reply.type !== "ok") continue;
      const parts = effect.reply.value as readonly ListOperation[];
      answers.push({ name: `${effect.client} ${effect.sequence}`, parts });
    }
  };

  /** Throws where the order is no witness; returns how many transactions are in it. */
  function verify(operations: readonly ObservedOperation[]): number {
    const held = (key: Key) => [...states.values()].flatMap(({ lists }) => lists.get(key));
    const acknowledged = new Set(
      operations.filter(({ type }) => type === "ok").map(({ client, sequence }) => `${client} ${sequence}`),
    );
    const happened = answers.filter(
      ({ name, parts }) =>
        acknowledged.has(name) ||
        parts.some(([f, key, value]) => f === "append" && held(key).includes(value)),
    );
    const lists = new Lists();
    for (const { name, parts } of happened) {
      for (const [f, key, value] of parts) {
        if (f === "append") lists.append(key, value);
        else same(value, lists.get(key), `${name} read ${key}`);
      }
    }
    const keys = new Set(happened.flatMap(({ parts }) => parts.map(([, key]) => key)));
    for (const key of keys) same(held(key), lists.get(key), `in the end ${key} is`);
    return happened.length;
  }

  return { observe, verify };
}

function same(seen: Json, expected: Json, what: string): void {
  if (isDeepStrictEqual(seen, expected)) return;
  throw new Error(`not serial: ${what} ${JSON.stringify(seen)}, not ${JSON.stringify(expected)}`);
}
