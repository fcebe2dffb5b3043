import type { ModelName } from "../models/index.ts";
import { generatedPriorityQueue, generatedQueue, generatedStack } from "./generated-collection.ts";
import type { GeneratedObject } from "./generated-history.ts";
import { generatedCounter, generatedUniqueIds } from "./generated-numbers.ts";
import { generatedRegister } from "./generated-register.ts";
import { generatedSet } from "./generated-set.ts";

/** An object whose histories can be generated, and the model that judges them. */
export interface GeneratedKind {
  readonly model: ModelName;
  /** A fresh one for each history. */
  create(): GeneratedObject;
}

/** Every kind of object whose histories can be generated, by what tells it from the others. */
export const generatedKinds = {
  "register, distinct values": {
    model: "register",
    create: () => generatedRegister({ values: "distinct", withCas: false }),
  },
  "cas-register, 5 values": {
    model: "cas-register",
    create: () => generatedRegister({ values: 5, withCas: true }),
  },
  "cas-register, distinct values": {
    model: "cas-register",
    create: () => generatedRegister({ values: "distinct", withCas: true }),
  },
  set: { model: "set", create: () => generatedSet({ elements: 100 }) },
  queue: { model: "queue", create: generatedQueue },
  stack: { model: "stack", create: generatedStack },
  "priority queue": { model: "priority-queue", create: generatedPriorityQueue },
  counter: { model: "counter", create: generatedCounter },
  "unique identifiers": { model: "unique-ids", create: generatedUniqueIds },
} as const satisfies Readonly<Record<string, GeneratedKind>>;

export type GeneratedName = keyof typeof generatedKinds;
