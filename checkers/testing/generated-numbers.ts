import type { GeneratedObject } from "./generated-history.ts";

/** A counter from 0, incremented and read. A wrong answer is a sum that everything together cannot reach. */
export function generatedCounter(): GeneratedObject {
  let sum = 0;
  let asked = 0;
  return {
    invoke(random) {
      if (random.chance(0.5)) return { f: "read", value: null };
      asked++;
      return { f: "add", value: 1 };
    },
    apply(f) {
      if (f === "read") return sum;
      sum++;
      return 1;
    },
    wrongAnswer: ({ f }) => (f === "read" ? asked + 1 : undefined),
  };
}

/** A generator of identifiers. A wrong answer is one that another client had before. */
export function generatedUniqueIds(): GeneratedObject {
  let next = 0;
  let returned = -1;
  return {
    invoke: () => ({ f: "generate", value: null }),
    apply: () => next++,
    returned(_operation, _at, answer) {
      returned = answer as number;
    },
    wrongAnswer: () => (returned === -1 ? undefined : returned),
  };
}
